import { isInMemory } from '../../model/in-memory.js';
import type { Traceback } from '../../model/traceback.js';

const IN_MEMORY =
  '<in memory>: the lines of a text that is not that of the file, as compilers and hooks make it, and no source map tells the lines of the file';

/** What a reader must know about the places of the groups shown. */
export function placeNotes(groups: readonly { readonly traceback: Traceback }[]): string[] {
  return groups.some(({ traceback }) => traceback.frames.some(({ filename }) => isInMemory(filename))) ? [IN_MEMORY] : [];
}
