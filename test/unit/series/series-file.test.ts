import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { SnapshotFileError } from '../../../src/errors.js';
import { Series } from '../../../src/series/series.js';
import { Filter } from '../../../src/snapshot/filter.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { aliveByRound, snapshotOf } from '../../helpers/series-simulation.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';
import { type OpenFile, openUp, replaceSection, seal } from '../snapshot/file/file-surgery.js';

let path = '';
let series: Series;
beforeEach(() => {
  path = join(temporaryFolder(), 'a.tmseries');
  const sources = [
    { blocks: () => 5, lives: () => 9 },
    { blocks: () => 3, lives: () => 1 },
  ];
  const thread = (birth: number) => (birth % 2 === 0 ? 'main' : 'worker 1');
  const label = (birth: number) => (birth % 3 === 0 ? '' : `GET /${birth % 3}`);
  series = Series.of(
    aliveByRound(sources, { rounds: 6 }).map((alive) =>
      snapshotOf(alive.map((block) => ({ ...block, thread: thread(block.birth), label: label(block.birth) }))),
    ),
  );
  series.dump(path);
});
afterAll(reapTargets);

const refusal = (bytes: Uint8Array): string => {
  writeFileSync(path, bytes);
  try {
    Series.load(path);
  } catch (error) {
    expect(error).toBeInstanceOf(SnapshotFileError);
    return (error as Error).message;
  }
  return '';
};
const edited = (edit: (file: OpenFile) => void): Buffer => {
  const file = openUp(readFileSync(path));
  edit(file);
  return seal(file, 'TMSERS');
};

describe('dump and load', () => {
  it('give back all rounds and what they grew by', () => {
    const loaded = Series.load(path);
    expect(loaded.rounds).toEqual(series.rounds);
    for (const key of ['traceback', 'label'] as const) expect(loaded.growth(key)).toEqual(series.growth(key));
    for (const round of series.rounds.keys()) expect(loaded.snapshot(round)).toEqual(series.snapshot(round));
  });

  it('save nothing that was filtered away', () => {
    series.filterTraces([new Filter(true, '*', { lineno: 77 })]).dump(path);
    expect(Series.load(path).growth('lineno')).toEqual([]);
    expect(openUp(readFileSync(path)).metadata.sections.find(({ name }) => name === 'locationFile')?.length).toBe(0);
  });

  it('take little more than the traces that ever lived, whatever the number of rounds (long)', () => {
    const of = (rounds: number) => {
      const alive = aliveByRound([{ blocks: (round) => (round === 0 ? 5000 : 0), lives: () => 999 }], { rounds });
      Series.of(alive.map((blocks) => snapshotOf(blocks))).dump(path);
      return readFileSync(path).length;
    };
    expect(of(100)).toBeLessThan(1.2 * of(2) + 100 * 400); // a round itself has some 400 bytes of JSON
  });
});

describe('Series.load refuses', () => {
  it('files cut anywhere, and with a flipped bit anywhere', () => {
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length += 7) expect(refusal(whole.subarray(0, length))).toMatch(/truncated|empty/);
    for (let at = 8; at < whole.length; at += 11) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 4;
      expect(refusal(damaged)).toMatch(/damaged|truncated|version/);
    }
  });

  it('a snapshot, and Snapshot.load a series', () => {
    expect(() => Snapshot.load(path)).toThrow(/it is no snapshot file \(it is a series of snapshots\)/);
    series.snapshot(0).dump(path);
    expect(() => Series.load(path)).toThrow(/it is no series file \(it is a snapshot\)/);
  });

  test.each<[string, (file: OpenFile) => void]>([
    [
      'a round that does not exist',
      (file) =>
        replaceSection(
          file,
          'lastRound',
          Array.from({ length: 48 }, () => 6),
        ),
    ],
    [
      'a trace that ends before it begins',
      (file) =>
        replaceSection(
          file,
          'lastRound',
          Array.from({ length: 48 }, () => 0),
        ),
    ],
    [
      'a label that does not exist',
      (file) =>
        replaceSection(
          file,
          'label',
          Array.from({ length: 48 }, () => 3),
        ),
    ],
    ['rounds of another number of traces', (file) => replaceSection(file, 'firstRound', [0])],
    ['no rounds', (file) => Object.assign(file.metadata, { rounds: [] })],
    ['a thread that does not exist', (file) => Object.assign((file.metadata.rounds as object[])[0]!, { threads: [2], lastBirths: [1] })],
    ['a thread twice', (file) => Object.assign((file.metadata.rounds as object[])[0]!, { threads: [0, 0], lastBirths: [1, 1] })],
  ])('%s', (_, edit) => expect(refusal(edited(edit))).toMatch(/contradicts itself/));

  it('a later version', () => {
    expect(refusal(edited((file) => Object.assign(file, { version: 2 })))).toMatch(/it has format version 2, .* reads up to 1; update/);
  });
});
