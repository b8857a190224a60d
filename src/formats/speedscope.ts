import { frameAt, type StackTable } from '../model/stack-table.js';
import { StringInterner } from '../model/string-interner.js';
import { safeJson } from '../text/printable.js';
import type { Contents, Format } from './format.js';
import { functionLabel, labelFrames } from './labels.js';
import { locationsOf, type Row, rowsOf } from './rows.js';
import { startAsText, textAsBytes } from './text-parts.js';

const SCHEMA = 'https://www.speedscope.app/file-format-schema.json';

/** A figure that a profile shows. speedscope draws no negative widths, so a difference has one profile for growth and one for shrinkage. */
interface Measure {
  readonly name: string;
  readonly unit: 'bytes' | 'none';
  of(row: Row): number;
}

const TOTALS: readonly Measure[] = [
  { name: 'bytes', unit: 'bytes', of: ({ size }) => size },
  { name: 'blocks', unit: 'none', of: ({ count }) => count },
];
const CHANGES: readonly Measure[] = [
  { name: 'bytes grown', unit: 'bytes', of: ({ size, oldSize }) => Math.max(0, size - oldSize) },
  { name: 'bytes shrunk', unit: 'bytes', of: ({ size, oldSize }) => Math.max(0, oldSize - size) },
  { name: 'blocks grown', unit: 'none', of: ({ count, oldCount }) => Math.max(0, count - oldCount) },
  { name: 'blocks shrunk', unit: 'none', of: ({ count, oldCount }) => Math.max(0, oldCount - count) },
];

/** speedscope's own JSON: one profile for each thread and measure, all with one list of frames. */
export const speedscope: Format = {
  name: 'speedscope',
  description: 'a speedscope profile',
  extensions: ['.speedscope.json'],
  sniff: (start) => startAsText(start).startsWith(`{"$schema":"${SCHEMA}"`),
  write: (contents) => textAsBytes(documentOf(contents)),
};

function* documentOf(contents: Contents): Iterable<string> {
  const { snapshot } = contents;
  const { table, rows } = rowsOf(contents);
  const { frames, samples } = stacksOf(rows, table);
  const name = snapshot.capture.target.title || 'memory';
  yield `{"$schema":"${SCHEMA}","exporter":"node-tracemalloc","name":${safeJson(name)},"shared":{"frames":${safeJson(frames)}},"profiles":[`;
  yield* withCommas(profilesOf(rows, samples, contents));
  yield ']}\n';
}

type Samples = (row: Row) => readonly number[];

/** The frames of all profiles, and the stack of a row: the numbers of its frames, the oldest first. */
function stacksOf(rows: readonly Row[], table: StackTable) {
  const frames = Array.from(table.locationFile, (_, id): object => frameOf(table, id));
  const outermost = labelFrames(rows);
  if (!outermost) return { frames, samples: (row: Row) => locationsOf(row, table) };
  const names = new StringInterner();
  const first = frames.length;
  for (const row of rows) names.intern(outermost(row));
  frames.push(...names.values.map((name) => ({ name })));
  return { frames, samples: (row: Row) => [first + names.intern(outermost(row)), ...locationsOf(row, table)] };
}

/** Leaves out empty profiles, but writes at least one, because a file needs one. */
function* profilesOf(rows: readonly Row[], samples: Samples, { snapshot, old }: Contents): Iterable<string> {
  const measures = old ? CHANGES : TOTALS;
  const threads = new Set([...snapshot.threads, ...(old?.threads ?? [])]);
  let isEmpty = true;
  for (const thread of threads) {
    for (const measure of measures) {
      const shown = rows.filter((row) => row.thread === thread && measure.of(row) > 0);
      if (shown.length === 0) continue;
      isEmpty = false;
      yield safeJson(profileOf(shown, { thread, measure, samples }));
    }
  }
  if (isEmpty) yield safeJson(profileOf([], { thread: snapshot.threads[0]!, measure: measures[0]!, samples }));
}

function profileOf(rows: readonly Row[], { thread, measure, samples }: { thread: string; measure: Measure; samples: Samples }) {
  const weights = rows.map((row) => measure.of(row));
  return {
    type: 'sampled',
    name: `${thread}: ${measure.name}`,
    unit: measure.unit,
    startValue: 0,
    endValue: weights.reduce((sum, weight) => sum + weight, 0),
    samples: rows.map(samples),
    weights,
  };
}

function* withCommas(documents: Iterable<string>): Iterable<string> {
  let separator = '';
  for (const document of documents) {
    yield separator + document;
    separator = ',';
  }
}

function frameOf(table: StackTable, id: number) {
  const frame = frameAt(table, id);
  return {
    name: functionLabel(frame),
    file: frame.filename,
    ...(frame.lineno > 0 && { line: frame.lineno }),
    ...(frame.column > 0 && { col: frame.column }),
  };
}
