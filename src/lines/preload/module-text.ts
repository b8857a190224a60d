import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Instrument } from './instrument.js';

/** What a `load` hook answers. */
export interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
}

/**
 * The answer with true lines. CommonJS is left to the compile step, which sees it later than any hook; except where another loader made up its text
 * for an `import`: that text goes to V8 without passing through there.
 */
export function instrumentedModule<Answer extends Loaded>(answer: Answer, url: string, instrument: Instrument): Answer {
  const { format, source } = answer;
  if (source === null || source === undefined || !url.startsWith('file:')) return answer;
  if (format === 'module' || format === 'module-typescript') {
    const text = textOf(source);
    const result = instrument(text, { url, format });
    return result === text ? answer : { ...answer, source: result };
  }
  if (format !== 'commonjs' && format !== 'commonjs-typescript') return answer;
  const filename = fileURLToPath(url);
  const text = textOf(source);
  if (format === 'commonjs' && text === readText(filename)) return answer;
  const result = instrument(text, { url: filename, format });
  return result === text ? answer : { ...answer, source: result };
}

function textOf(source: NonNullable<Loaded['source']>): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}

function readText(filename: string): string | undefined {
  try {
    return textOf(readFileSync(filename));
  } catch {
    return undefined; // there is no such file: the text is the loader's own
  }
}
