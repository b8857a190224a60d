import { blockPieces } from '../../model/block-pieces.js';
import type { Precision } from '../../model/frame.js';
import type { HeapTotals, Mode } from '../../model/trace-columns.js';
import type { TraceInput } from '../../snapshot/from-traces.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import { CaptureMerger } from '../merge-captures.js';
import type { FleetSnapshot, StatsQuestion } from '../store.js';
import { BoundValues } from './bound-values.js';
import type { ClickHouse } from './client.js';
import { groupSql } from './group-sql.js';
import { mergedTraces, OF_PROFILE } from './process-sql.js';
import { chosenProfiles, newestProfiles } from './profile-sql.js';
import { type FrameArrays, tracebackOf } from './read-frames.js';
import { STACKS } from './schema.js';

/** What a process's newest profile says of its capture, by name. */
const CAPTURE = {
  mode: 'mode',
  precision: 'precision',
  traceback_limit: 'traceback_limit',
  node_version: 'node_version',
  at: 'toFloat64(toUnixTimestamp64Milli(time))',
  heap: 'tuple(toFloat64(heap_used), toFloat64(heap_total), toFloat64(external), toFloat64(array_buffers), toFloat64(rss))',
} as const;

type CaptureRow = [mode: Mode, precision: Precision, limit: number, nodeVersion: string, ms: number, heap: (number | null)[]];

type TraceRow = [
  thread: string,
  domain: number,
  type: string,
  label: string,
  size: number,
  count: number,
  totalFrames: number,
  ...frames: FrameArrays,
];

/** @param releases empty: all */
export async function readMerged(clickHouse: ClickHouse, question: StatsQuestion, releases: readonly string[]): Promise<FleetSnapshot> {
  const values = new BoundValues();
  const chosen = chosenProfiles(question, releases, values);
  const captures = await clickHouse.query<CaptureRow>(newestProfiles(chosen, CAPTURE), values.all);
  const { service } = question;
  const group = groupSql({ ...question, keyType: null }, releases, values);
  const traces = mergedTraces({ profiles: newestProfiles(chosen, OF_PROFILE), service }, group, values);
  const stacks = `SELECT * FROM ${STACKS} WHERE service = ${values.add('String', service)} LIMIT 1 BY hash`;
  const rows = await clickHouse.query<TraceRow>(
    `SELECT thread, domain, type, label, size, count, total_frames, files, lines, columns, functions, true_lines
FROM (${traces}) AS t GLOBAL INNER JOIN (${stacks}) AS s ON t.stack = s.hash
ORDER BY size DESC, stack, thread, domain, type, label`,
    values.all,
  );
  const merger = new CaptureMerger();
  for (const [mode, precision, , nodeVersion, ms, heap] of captures)
    merger.add({ mode, precision, target: { nodeVersion: nodeVersion || null }, time: new Date(ms).toISOString(), heap: heapOf(heap) });
  const tracebackLimit = captures.reduce((most, [, , limit]) => Math.max(most, limit), 1);
  const snapshot = new Snapshot({
    ...Snapshot.fromTraces(rows.flatMap(tracesOf), { tracebackLimit }),
    capture: merger.build(question),
  });
  return { processes: captures.length, snapshot };
}

function tracesOf([thread, domain, type, label, size, count, totalFrames, ...frames]: TraceRow): TraceInput[] {
  const rest = { thread, domain, type, label, totalFrames, frames: tracebackOf(frames).frames };
  return blockPieces({ size, count }).map((piece) => ({ ...rest, ...piece }));
}

function heapOf([heapUsed, heapTotal, external, arrayBuffers, rss]: readonly (number | null)[]): HeapTotals | null {
  if (heapUsed == null || heapTotal == null) return null;
  return { heapUsed, heapTotal, external: external ?? null, arrayBuffers: arrayBuffers ?? null, rss: rss ?? null };
}
