import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { type LabelInput, Profile, Sample, StringTable, ValueType } from 'pprof-format';
import type { StackTable } from '../model/stack-table.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { domainName } from '../snapshot/statistics/column-keys.js';
import { visible } from '../text/printable.js';
import type { Contents, Format } from './format.js';
import { placesOf } from './pprof-places.js';
import { locationsOf, type Row, rowsOf } from './rows.js';

const FILE_FIELDS = 0x0a; // field 1, sample_type, which every writer puts first
/** `go tool pprof -diff_base` gives this label to the samples of the base, and computes percentages relative to them. */
const BASE_LABEL = 'pprof::base';

/**
 * Google's profile.proto, gzipped, with the sample types of Go's heap profiles. A difference holds both snapshots, the older one with
 * negative values. `go tool pprof -diff_base` makes the same from two files.
 */
export const pprof: Format = {
  name: 'pprof',
  description: 'a pprof profile',
  extensions: ['.pb.gz', '.pprof'],
  sniff: (start) => start[0] === 0x1f && start[1] === 0x8b && firstByte(start) === FILE_FIELDS,
  *write(contents) {
    yield gzipSync(profileOf(contents, comparedSamples).encode());
  },
};

/** The change since the older snapshot in the form of Go's `/debug/pprof/heap?seconds=N`: one sample a row, without a base. */
export function encodeDelta(contents: Contents & { readonly old: Snapshot }): Uint8Array {
  return gzipSync(profileOf(contents, changeSamples).encode());
}

/** `start` is the beginning of a file, which may break off anywhere. */
function firstByte(start: Uint8Array): number | undefined {
  try {
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH })[0];
  } catch {
    return undefined; // damaged gzip, so not a profile
  }
}

function profileOf({ snapshot, old, notes }: Contents, samplesOf: SamplesOf): Profile {
  const { table, rows } = rowsOf({ snapshot, old });
  const strings = new StringTable();
  const type = (name: string, unit: string) => new ValueType({ type: strings.dedup(name), unit: strings.dedup(unit) });
  const { interval, target, time, mode, churn } = snapshot.capture;
  const sampled = mode === 'churn' ? 'alloc' : 'inuse'; // as Go names them
  return new Profile({
    sampleType: [type(`${sampled}_objects`, 'count'), type(`${sampled}_space`, 'bytes')],
    defaultSampleType: strings.dedup(`${sampled}_space`),
    sample: rows.flatMap((row) => samplesOf(row, table, strings)),
    ...placesOf(table, { program: target.title || 'node', strings }),
    periodType: type('space', 'bytes'),
    period: interval ?? 1,
    timeNanos: nanoseconds(time),
    durationNanos: old ? durationBetween(old.capture.time, time) : BigInt(Math.round((churn?.seconds ?? 0) * 1e9)),
    comment: notes.map((note) => strings.dedup(note)),
    stringTable: strings,
  });
}

type SamplesOf = (row: Row, table: StackTable, strings: StringTable) => Sample[];

/** Writes newer and older figures as separate samples, which the reader adds up. */
const comparedSamples: SamplesOf = (row, table, strings) => {
  const place = { locationId: locationIdsOf(row, table), label: labelsOf(row, strings) };
  const [now, base] = [figuresOf(row.count, row.size), figuresOf(-row.oldCount, -row.oldSize)];
  return [
    ...(now ? [new Sample({ ...place, value: now })] : []),
    ...(base ? [new Sample({ ...place, value: base, label: [...place.label, labelOf(BASE_LABEL, 'true', strings)] })] : []),
  ];
};

const changeSamples: SamplesOf = (row, table, strings) => {
  const change = figuresOf(row.count - row.oldCount, Math.round(row.size) - Math.round(row.oldSize));
  return change ? [new Sample({ locationId: locationIdsOf(row, table), label: labelsOf(row, strings), value: change })] : [];
};

/** null if there is nothing to write. */
function figuresOf(count: number, size: number): [count: number, bytes: number] | null {
  return count === 0 && size === 0 ? null : [count, Math.round(size)];
}

/** The ids of a row's locations, the most recent frame first. */
function locationIdsOf(row: Row, table: StackTable): number[] {
  return locationsOf(row, table)
    .reverse()
    .map((location) => location + 1);
}

/** All values are text and no value is a bare number: readers drop a number of 0, and `-tagfocus=domain=1` takes 1 for a range. */
function labelsOf({ thread, domain, type, label }: Row, strings: StringTable): LabelInput[] {
  const labels = { thread, domain: domainName(domain), ...(type !== '' && { type }), ...(label !== '' && { label }) };
  return Object.entries(labels).map(([key, value]) => labelOf(key, value, strings));
}

function labelOf(key: string, value: string, strings: StringTable): LabelInput {
  return { key: strings.dedup(key), str: strings.dedup(visible(value)) };
}

function nanoseconds(time: string): bigint {
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? 0n : BigInt(milliseconds) * 1_000_000n;
}

/** Returns 0, which means unknown, if the "old" snapshot is not older. */
function durationBetween(old: string, now: string): bigint {
  const [from, to] = [nanoseconds(old), nanoseconds(now)];
  return from > 0n && to > from ? to - from : 0n;
}
