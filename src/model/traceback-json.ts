import type { Traceback } from './traceback.js';

/** A stack in a JSON document: the oldest frame first, lines and columns 1-based, 0 for none. */
export function tracebackJson({ frames, totalFrames }: Traceback) {
  return {
    totalFrames,
    frames: frames.map(({ filename, lineno, column, functionName, precision }) => ({ filename, lineno, column, functionName, precision })),
  };
}
