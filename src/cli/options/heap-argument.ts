import { existsSync, statSync } from 'node:fs';
import { UsageError } from '../../errors.js';
import { startsAsHeapSnapshot } from '../../formats/heap-snapshot-start.js';
import { inputFile } from '../../snapshot/file/input-file.js';
import type { TargetValues } from './target-argument.js';

/** The words of the command line: what to look into, unless an option names a target, and what to look for. */
export interface HeapArguments {
  readonly place: string | undefined;
  /** null: who holds the memory outside of the heap. */
  readonly what: string | null;
}

interface HeapArgumentValues extends TargetValues {
  readonly buffers: boolean;
}

/** Also of compressed ones, which only their name tells apart from other files. */
const NAME = /\.(?:heapsnapshot|heaptimeline)(?:\.gz|\.zst)?$/i;
const STARTING_BYTES = 64;

/** @throws UsageError if a word is missing, or there is one too many */
export function heapArguments(words: readonly (string | undefined)[], { pid, port, buffers }: HeapArgumentValues): HeapArguments {
  const given = words.filter((word) => word !== undefined);
  const place = pid === undefined && port === undefined ? given.shift() : undefined;
  const what = buffers ? null : given.shift();
  const isNamed = place !== undefined || pid !== undefined || port !== undefined;
  if (place !== undefined && isPipe(place))
    throw new UsageError(`${place} is a pipe, and why reads a heap snapshot from a file; write it into one first`);
  if (isNamed && what !== undefined && given.length === 0) return { place, what };
  throw new UsageError(
    buffers
      ? 'say where to look, and nothing else: tracemalloc why --buffers TARGET|FILE'
      : 'say where to look and what for: tracemalloc why TARGET|FILE WHAT; WHAT is @id, a type, a place (app.js:15) or an expression',
  );
}

function isPipe(word: string): boolean {
  return existsSync(word) && statSync(word).isFIFO();
}

/** Whether the word names a heap snapshot. A script that runs is named by its file, too. */
export function isHeapFile(word: string): boolean {
  if (isPipe(word)) return false; // to look at its beginning would take it away
  if (NAME.test(word)) return true;
  if (!existsSync(word) || !statSync(word).isFile()) return false;
  return startsAsHeapSnapshot(inputFile(word).start(STARTING_BYTES));
}
