import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SnapshotFileError, UsageError } from '../../../src/errors.js';
import { openFile, openInput } from '../../../src/formats/open-file.js';
import { Series } from '../../../src/series/series.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { snapshotOf } from '../../helpers/series-simulation.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

let folder = '';
const path = (name: string) => join(folder, name);
const sizesOf = (name: string) => openFile(path(name)).traces.map(({ size }) => size);

beforeEach(() => {
  folder = temporaryFolder();
  const rounds = [1, 2, 3].map((round) => snapshotOf([{ birth: round, size: 100 * round, line: 7 }]));
  Series.of(rounds).dump(path('a.tmseries'));
});
afterAll(reapTargets);

describe('a series', () => {
  it('is opened as its last round, as a whole, or as the round that is named', () => {
    expect(sizesOf('a.tmseries')).toEqual([300]);
    expect((openInput(path('a.tmseries')) as Series).rounds).toHaveLength(3);
    for (const round of [1, 2, 3]) expect(sizesOf(`a.tmseries@${round}`)).toEqual([100 * round]);
    expect(openInput(path('a.tmseries@2'))).toBeInstanceOf(Snapshot);
  });

  it('is recognised by its content', () => {
    writeFileSync(path('other.name'), readFileSync(path('a.tmseries')));
    expect(sizesOf('other.name@1')).toEqual([100]);
  });

  it('is less than a file whose name ends like a round', () => {
    Snapshot.fromTraces([{ size: 5, frames: [['/app/main.js', 1]] }]).dump(path('a.tmseries@2'));
    expect(sizesOf('a.tmseries@2')).toEqual([5]);
    expect(sizesOf('a.tmseries@3')).toEqual([300]);
  });

  it.each(['@0', '@4', '@99999999999999999999'])('has no round %s', (round) => {
    expect(() => openFile(path(`a.tmseries${round}`))).toThrow(UsageError);
    expect(() => openFile(path(`a.tmseries${round}`))).toThrow(
      `${path('a.tmseries')} has no round ${round.slice(1)}; it has the rounds 1 to 3`,
    );
  });

  it.each(['@', '@x', '@-1', '@1.5', '@2@2', '2'])('%s is a part of the name', (end) => {
    expect(() => openFile(path(`a.tmseries${end}`))).toThrow(SnapshotFileError);
    expect(() => openFile(path(`a.tmseries${end}`))).toThrow('there is no such file');
  });

  it('that is damaged is named in the error, whether or not a round is named', () => {
    const bytes = readFileSync(path('a.tmseries'));
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(path('a.tmseries'), bytes);
    for (const name of ['a.tmseries', 'a.tmseries@2']) {
      expect(() => openFile(path(name))).toThrow(SnapshotFileError);
      expect(() => openFile(path(name))).toThrow(`cannot load the series ${path('a.tmseries')}: the file is damaged`);
    }
  });
});

it('a round of a file that is no series is wrong usage', () => {
  Snapshot.fromTraces([]).dump(path('a.tmsnap'));
  expect(() => openFile(path('a.tmsnap@2'))).toThrow(UsageError);
  expect(() => openFile(path('a.tmsnap@2'))).toThrow('is no series of rounds; leave @2 out');
});

describe('a heap snapshot', () => {
  it('is named as what it is, and with what reads it', () => {
    writeFileSync(path('heap.json'), '{ "snapshot":{"meta":{}},"nodes":[]}');
    expect(() => openFile(path('heap.json'))).toThrow(SnapshotFileError);
    expect(() => openFile(path('heap.json'))).toThrow(/is a heap snapshot; give it to stats, .* as a file, not through a pipe/);
  });
});
