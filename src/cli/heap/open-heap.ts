import { BadProfileError } from '../../errors.js';
import type { Heap } from '../../heap-graph/heap/heap.js';
import { readHeap } from '../../heap-graph/reading/heap-reader.js';
import { printable } from '../../text/printable.js';
import { wrapped } from '../../text/text-width.js';
import { type Console, type Output, writeLines } from '../console/console.js';
import { widthOfTerminal } from '../console/terminal.js';
import type { PartialValues } from '../options/heap-options.js';
import { ReadingProgress } from './reading-progress.js';

interface Opening {
  readonly values: PartialValues;
  readonly console: Console;
  /** Where the notes about a damaged file go: to the text that it is about, or to stderr if that is no text. */
  readonly notes: Output;
}

const PARTIAL = '--partial takes what stands before the damage, so names, objects and paths may be missing, and sizes may be too small';

/** Of a file that begins as a heap snapshot. */
const DAMAGE = /: (?:the heap snapshot is damaged|it cannot be decompressed): /;

/** Reads a heap snapshot. With --partial it takes what could be read of a damaged one, and says so. */
export async function openHeap(file: string, { values: { partial }, console: { err }, notes }: Opening): Promise<Heap> {
  const progress = new ReadingProgress(file, err);
  try {
    const heap = await readHeap(file, { partial, onProgress: progress.listener });
    progress.end();
    const { damage } = heap.columns;
    if (damage !== null) writeLines(notes, [...wrapped(printable(`${damage}; ${PARTIAL}`), widthOfTerminal(notes)), '']);
    return heap;
  } catch (error) {
    progress.end();
    if (partial || !(error instanceof BadProfileError) || !DAMAGE.test(error.message)) throw error;
    throw new BadProfileError(`${error.message}; --partial takes what stands before the damage`, { cause: error });
  }
}

/** For a JSON document: nothing if the heaps are whole. */
export function damageOf(heaps: readonly Heap[]): { readonly damage?: string } {
  const found = damages(heaps);
  return found.length === 0 ? {} : { damage: found.join('; ') };
}

export function damages(heaps: readonly Heap[]): string[] {
  return heaps.map(({ columns }) => columns.damage).filter((damage) => damage !== null);
}
