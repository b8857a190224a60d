import { basename } from 'node:path';
import type { Frame } from '../model/frame.js';
import { labelName } from '../snapshot/statistics/column-keys.js';
import type { Row } from './rows.js';

/** The label of a frame for viewers that know frames only by name. Functions without a name are told apart by their place. */
export function functionLabel({ functionName, filename, lineno }: Frame): string {
  if (functionName !== '') return functionName;
  return lineno === 0 ? filename : `(anonymous ${basename(filename)}:${lineno})`;
}

/**
 * For viewers that know only frames: gives a row the name of an outermost frame, which says what it was allocated for: `[GET /users/:id]`, or
 * `[(none)]`. null if no row has a label.
 */
export function labelFrames(rows: readonly Row[]): ((row: Row) => string) | null {
  return rows.some(({ label }) => label !== '') ? ({ label }) => `[${labelName(label)}]` : null;
}

/** `load (/app/load.js:7)` */
export function frameLabel(frame: Frame): string {
  const place = frame.lineno === 0 ? frame.filename : `${frame.filename}:${frame.lineno}`;
  return frame.functionName === '' ? place : `${frame.functionName} (${place})`;
}
