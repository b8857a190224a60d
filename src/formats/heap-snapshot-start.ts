import { startAsText } from './text-parts.js';

/** As V8 begins a heap snapshot, with or without spaces. */
const START = /^\s*\{\s*"snapshot"\s*:/;

/** Whether a file that begins so is a heap snapshot. A few bytes suffice. */
export function startsAsHeapSnapshot(start: Uint8Array): boolean {
  return START.test(startAsText(start));
}
