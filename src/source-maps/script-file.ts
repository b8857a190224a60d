import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mapUrl, type Tokenizer } from './map-comment.js';

/** A larger script or map is not read. A map of this size takes a second and some 140 MB. */
export const MAX_BYTES = 64 * 1024 * 1024;

/** The content of a script's file. null also if we may not read it: the program may run as another user, or may have been started by one. */
export function readScript(filename: string): Buffer | null {
  if (!isFile(filename) || statSync(filename).size > MAX_BYTES) return null;
  try {
    return contentOf(filename);
  } catch {
    return null;
  }
}

/** The URL of the map that a script names. */
export function mapNamedIn(script: Buffer): string | undefined {
  return script.includes('sourceMappingURL') ? mapUrl(script.toString(), loadTokenizer) : undefined;
}

/** Few scripts need it, and it would delay every start of a command that reads files. */
function loadTokenizer(): Tokenizer {
  return (createRequire(import.meta.url)('acorn') as typeof import('acorn')).tokenizer;
}

/** Files that the kernel generates have a size of 0, and some never end: `/proc/kmsg`. */
export function contentOf(file: string): Buffer {
  return statSync(file).size === 0 ? Buffer.alloc(0) : readFileSync(file);
}

/** Not every name is a path here: the snapshot may come from another machine, and a name with a NUL makes stat throw. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
