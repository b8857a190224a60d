import { readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { CollectedScript, FrameStart } from '../../collect/stacks/collected-scripts.js';
import { normalFilename } from '../../collect/stacks/filenames.js';
import { CommandError } from '../../errors.js';
import type { ParsedScript } from '../../protocol/debugger-domain.js';
import type { Session } from '../../protocol/session.js';

/** Larger files are not parsed. */
const MAX_BYTES = 8_000_000;
const SHA256 = /^[0-9a-f]{64}$/i;

/**
 * V8 has forgotten where the functions of a collected script begin. Its text tells it: V8 keeps some texts while the Debugger is on, and the file
 * of its name may have the same text.
 */
export async function collectedScript(session: Session, script: ParsedScript): Promise<CollectedScript> {
  const { url, isModule = false, startLine: lineNumber = 0, startColumn: columnNumber = 0 } = script;
  const topLevel = { lineNumber, columnNumber };
  const text = url.startsWith('node:') ? null : ((await textInV8(session, script)) ?? (await textInFile(script)));
  if (text === null) return { url, startOf: (name, caller) => (name === '' && caller === 'loader' ? topLevel : null) };
  const { functionPlaces } = await import('../../lines/transform/function-places.js'); // with its parser
  const places = functionPlaces(text, isModule ? 'module' : 'commonjs');
  return {
    url,
    startOf(name, caller) {
      // The top level has no name either. It is not called by its own script.
      if (name === '' && (caller === 'loader' || places?.anonymous === 0)) return topLevel;
      if (name === '' && caller === 'elsewhere') return null;
      return shifted(places?.named(name) ?? null, topLevel);
    },
  };
}

/** A script may begin in the middle of a file (`lineOffset` of `vm.Script`). */
function shifted(start: FrameStart | null, { lineNumber, columnNumber }: FrameStart): FrameStart | null {
  if (start === null) return null;
  return { lineNumber: start.lineNumber + lineNumber, columnNumber: start.columnNumber + (start.lineNumber === 0 ? columnNumber : 0) };
}

/** null if V8 does not have it any more. */
async function textInV8(session: Session, { scriptId, url }: ParsedScript): Promise<string | null> {
  try {
    return (await session.send('Debugger.getScriptSource', { scriptId }, { doing: `reading ${url}` })).scriptSource || null;
  } catch (error) {
    if (error instanceof CommandError) return null;
    throw error;
  }
}

/** null if there is no such file, or if its text is not the script's. */
async function textInFile({ url, length, hash }: ParsedScript): Promise<string | null> {
  const filename = normalFilename(url);
  if (!isAbsolute(filename)) return null;
  try {
    const { size } = await stat(filename);
    if (size > MAX_BYTES) return null;
    const text = (await readFile(filename, 'utf8')).replace(/^\ufeff/, '');
    if (text.length !== length) return null;
    return hash !== undefined && SHA256.test(hash) && (await sha256(text)) !== hash.toLowerCase() ? null : text;
  } catch {
    return null; // the file is gone, or we may not read it
  }
}

async function sha256(text: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(text).digest('hex');
}
