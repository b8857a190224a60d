import { basename } from 'node:path';
import type { Frame } from '../model/frame.js';

/** The label of a frame for viewers that know frames only by name. Functions without a name are told apart by their place. */
export function functionLabel({ functionName, filename, lineno }: Frame): string {
  if (functionName !== '') return functionName;
  return lineno === 0 ? filename : `(anonymous ${basename(filename)}:${lineno})`;
}

/** `load (/app/load.js:7)` */
export function frameLabel(frame: Frame): string {
  const place = frame.lineno === 0 ? frame.filename : `${frame.filename}:${frame.lineno}`;
  return frame.functionName === '' ? place : `${frame.functionName} (${place})`;
}
