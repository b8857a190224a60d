import { basename } from 'node:path';
import type { Frame } from '../model/frame.js';

/** What viewers that know a stack only by names call a frame: functions without a name are told apart by where they stand. */
export function functionLabel({ functionName, filename, lineno }: Frame): string {
  if (functionName !== '') return functionName;
  return lineno === 0 ? filename : `(anonymous ${basename(filename)}:${lineno})`;
}

/** `load (/app/load.js:7)` */
export function frameLabel(frame: Frame): string {
  const place = frame.lineno === 0 ? frame.filename : `${frame.filename}:${frame.lineno}`;
  return frame.functionName === '' ? place : `${frame.functionName} (${place})`;
}
