import type { TraceInput } from '../../../src/snapshot/from-traces.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';

/**
 * A snapshot drawn as text. Each column is a trace, with the oldest frame on top and the bytes at the bottom. A frame is `function@file:line`, or
 * `file:line`. Files without a slash are in `/app`.
 *
 *     main@app.js:1   main@app.js:1
 *     load@app.js:9   -
 *     100             28
 */
export function snapshotFrom(picture: string): Snapshot {
  return Snapshot.fromTraces(tracesFrom(picture));
}

export function tracesFrom(picture: string): TraceInput[] {
  const rows = picture
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s{2,}/));
  const sizes = rows.pop()!;
  return sizes.map((size, column) => ({
    size: Number(size),
    frames: rows.flatMap((row) => (row[column] === '-' ? [] : [frameFrom(row[column]!)])),
  }));
}

function frameFrom(text: string) {
  const [, functionName = '', file, lineno] = /^(?:(.*)@)?(.*):(\d+)$/.exec(text)!;
  return { filename: /[/<:]/.test(file!) ? file! : `/app/${file}`, lineno: Number(lineno), functionName };
}
