import type { Frame } from './frame.js';
import type { Traceback } from './traceback.js';

/** A stack in a JSON document: the oldest frame first. */
export function tracebackJson({ frames, totalFrames }: Traceback) {
  return { totalFrames, frames: frames.map(frameJson) };
}

/** Lines and columns are 1-based, 0 for none. */
export function frameJson({ filename, lineno, column, functionName, precision }: Frame) {
  return { filename, lineno, column, functionName, precision };
}
