import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type ExchangeFormat, encode, FORMATS, openFile } from '../../../src/formats/index.js';
import { Snapshot } from '../../../src/index.js';
import { hostileTraces } from '../../helpers/hostile-traces.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';
import { snapshotFrom } from '../snapshot/picture.js';

afterAll(reapTargets);

const PROFILES = repoPath('fixtures/profiles');
const SNAPSHOTS: readonly (readonly [name: string, snapshot: Snapshot])[] = [
  ...readdirSync(PROFILES).map((name) => [name, openFile(join(PROFILES, name))] as const),
  ['hostile', Snapshot.fromTraces(hostileTraces())],
  ['deep', Snapshot.fromTraces([{ size: 8, frames: Array.from({ length: 1000 }, (_, i) => [`/app/${i % 7}.js`, i + 1] as const) }])],
  [
    'picture',
    snapshotFrom(`
      main@app.js:1   main@app.js:1   <GC>:0
      load@app.js:9   -               -
      100             28              64
    `),
  ],
];
const cases = FORMATS.flatMap((format) => SNAPSHOTS.map(([name, snapshot]) => [format.name, name, format, snapshot] as const));

it('every recorded profile is a case', () => {
  expect(SNAPSHOTS.length).toBeGreaterThan(7);
});

describe.each(cases)('%s of %s', (_name, _of, format, snapshot) => {
  const content = bytesOf(format, snapshot);

  it('is recognised without its name, and only as this format', () => {
    expect(FORMATS.find(({ sniff }) => sniff(content.subarray(0, 65_536)))?.name).toBe(format.name);
  });

  it('holds no control characters', () => {
    if (format.name === 'pprof') return; // compressed
    expect(new TextDecoder('utf-8', { fatal: true }).decode(content).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  });

  const { read } = format as ExchangeFormat;
  if (!read) return;
  it('is the same when read, written and read again', () => {
    const path = join(temporaryFolder(), 'profile');
    writeFileSync(path, content);
    const again = openFile(path);
    expect(sizesByStack(again)).toEqual(sizesByStack(snapshot));
    expect(again.traces).toHaveLength(snapshot.traces.length);
  });
});

it('a snapshot without traces is a file of each format', () => {
  for (const format of FORMATS) expect(() => bytesOf(format, Snapshot.fromTraces([]))).not.toThrow();
});

interface RecordedNode {
  readonly id: number;
  readonly children: readonly RecordedNode[];
}

/** V8 also samples its own work on the answer. Such a sample names no node of the tree. */
it.each(['node-18', 'node-26'])('%s is read as Node wrote it: samples and bytes', (name) => {
  const path = join(PROFILES, `${name}.heapprofile`);
  const profile: { head: RecordedNode; samples: { size: number; nodeId: number }[] } = JSON.parse(readFileSync(path, 'utf8'));
  const ids = new Set<number>();
  const walk = ({ id, children }: RecordedNode) => {
    ids.add(id);
    children.forEach(walk);
  };
  walk(profile.head);
  const sizes = profile.samples.filter(({ nodeId }) => ids.has(nodeId)).map(({ size }) => size);
  expect(openFile(path).traces.map(({ size }) => size)).toEqual(sizes);
});

function bytesOf(format: ExchangeFormat, snapshot: Snapshot): Buffer {
  return Buffer.concat([...encode(snapshot, format.name)]);
}

/** The content that a heapprofile can hold: bytes by stack, with function and column. */
function sizesByStack(snapshot: Snapshot): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { traceback, size } of snapshot.traces) {
    const frames = traceback.frames.map(({ filename, lineno, column, functionName }) => [filename, lineno, column, functionName]);
    const key = JSON.stringify(frames);
    sums.set(key, (sums.get(key) ?? 0) + size);
  }
  return new Map([...sums].sort());
}
