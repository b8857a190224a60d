import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { SnapshotFileError, UsageError } from '../../../../src/errors.js';
import type { Traceback } from '../../../../src/model/traceback.js';
import { Series } from '../../../../src/series/series.js';
import { DomainFilter, Filter } from '../../../../src/snapshot/filter.js';
import type { TraceInput } from '../../../../src/snapshot/from-traces.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import type { KeyType } from '../../../../src/snapshot/statistics/key-type.js';
import { FolderStore } from '../../../../src/store/folder/folder-store.js';
import type { Identity, Profile, StatsQuestion } from '../../../../src/store/store.js';
import { everythingOf } from '../../../helpers/fleet-questions.js';
import { randomSnapshot } from '../../../helpers/random-snapshot.js';
import { snapshotOf } from '../../../helpers/series-simulation.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

afterAll(reapTargets);

const QUESTION = everythingOf('api');
const DAY = '2026-03-01T';

interface Given extends Partial<Identity> {
  readonly time?: string;
  /** Bytes by line of `/app/a.js`. */
  readonly lines?: Readonly<Record<number, number>>;
  readonly traces?: readonly TraceInput[];
}

function profile({ time = `${DAY}12:00:00.000Z`, lines = { 1: 100 }, traces, ...identity }: Given = {}): Profile {
  const all = traces ?? Object.entries(lines).map(([line, size]) => ({ size, frames: [{ filename: '/app/a.js', lineno: Number(line) }] }));
  const bare = Snapshot.fromTraces(all);
  return {
    identity: { service: 'api', release: '1', host: 'h', pid: 1, instance: '', attributes: {}, ...identity },
    snapshot: new Snapshot({ ...bare, capture: { ...bare.capture, time } }),
  };
}

function newStore() {
  const folder = temporaryFolder();
  const notices: string[] = [];
  return { folder, notices, store: new FolderStore(folder, { onNotice: (notice) => notices.push(notice) }) };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

function rowsOf({
  statistics,
}: {
  readonly statistics: readonly { readonly traceback: { at(i: number): { lineno: number } | undefined }; readonly size: number }[];
}) {
  return statistics.map(({ traceback, size }) => [traceback.at(-1)!.lineno, size]);
}

describe('what is pushed', () => {
  it('counts once, however often it comes, and from however many at once', async () => {
    const { folder, store } = newStore();
    const others = Array.from({ length: 5 }, () => new FolderStore(folder));
    const profiles = [profile(), profile({ pid: 2 })];
    await Promise.all([store, ...others].map((one) => one.push(profiles)));
    expect(filesIn(folder)).toHaveLength(2);
    expect((await store.stats(QUESTION)).processes).toBe(2);
  });

  it.each(['../../evil', '/etc', '..', '.', 'a/b', 'C:\\x', '\u001b[2J', 'x'.repeat(300), '漢字', '\ud800', 'con*?', ' '])(
    'stays in the folder if the service is named %j',
    async (service) => {
      const { folder, store } = newStore();
      const inner = join(folder, 'store');
      const own = new FolderStore(inner);
      await own.push([profile({ service, lines: { 3: 7 } }), profile({ service: 'other' })]);
      expect(readdirSync(folder)).toEqual(['store']);
      expect(rowsOf(await own.stats({ ...QUESTION, service }))).toEqual([[3, 7]]);
      expect(await own.services()).toContain(service);
      await store.close();
    },
  );

  it('can be read as a file of its own, which says whose it is', async () => {
    const { folder, store } = newStore();
    await store.push([profile({ attributes: { 'k8s.pod.name': 'p' } })]);
    const [name] = readdirSync(join(folder, 'api', '2026-03-01'));
    const { capture } = Snapshot.load(join(folder, 'api', '2026-03-01', name!));
    expect(capture.resource).toEqual({
      'service.name': 'api',
      'service.version': '1',
      'host.name': 'h',
      'process.pid': '1',
      'k8s.pod.name': 'p',
    });
  });

  it('is refused if it does not tell what is alive', async () => {
    const { store } = newStore();
    const { identity, snapshot } = profile();
    const churn = new Snapshot({ ...snapshot, capture: { ...snapshot.capture, mode: 'churn' } });
    await expect(store.push([{ identity, snapshot: churn }])).rejects.toThrow(UsageError);
  });

  it('is refused if the folder is a file', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(new FolderStore(file).push([profile()])).rejects.toThrow(SnapshotFileError);
  });
});

describe('statistics of processes', () => {
  it('take the newest profile of each process, and count a process without the group as 0', async () => {
    const { store } = newStore();
    await store.push([
      profile({ lines: { 1: 1 }, time: `${DAY}10:00:00.000Z` }),
      profile({ lines: { 1: 100 }, time: `${DAY}11:00:00.000Z` }),
      profile({ pid: 2, lines: { 1: 200, 2: 30 } }),
      profile({ pid: 3, lines: { 9: 3 } }),
      profile({ pid: 9, release: '2', lines: { 1: 1e6 } }),
    ]);
    const { processes, statistics } = await store.stats({ ...QUESTION, release: '1' });
    expect(processes).toBe(3);
    const rows = statistics.map(({ traceback, standardError, ...rest }) => ({ line: traceback.at(0)!.lineno, ...rest, standardError }));
    // 100, 200 and 0: the squared distances from 100 are 0, 10,000 and 10,000
    expect(rows).toEqual([
      { line: 1, size: 100, count: 2 / 3, processes: 2, standardError: Math.sqrt(20_000 / 2 / 3) },
      { line: 2, size: 10, count: 1 / 3, processes: 1, standardError: Math.sqrt((400 + 100 + 100) / 2 / 3) },
      { line: 9, size: 1, count: 1 / 3, processes: 1, standardError: 1 },
    ]);
  });

  it.each(['lineno', 'filename', 'function', 'package', 'own', 'traceback', 'type', 'domain', 'thread', 'label'] as const)(
    'by %s add up to those of each snapshot',
    async (keyType) => {
      const { store } = newStore();
      const snapshots = [1, 2, 3].map((seed) => randomSnapshot(seed, { from: 20 * seed, interval: 2048 }));
      await store.push(snapshots.map((snapshot, i) => ({ ...profile({ pid: i + 1 }), snapshot })));
      const expected = new Map<string, number>();
      for (const snapshot of snapshots)
        for (const one of snapshot.statistics(keyType))
          expected.set(keyOf(one.traceback, keyType), (expected.get(keyOf(one.traceback, keyType)) ?? 0) + one.size);
      const { statistics } = await store.stats({ ...QUESTION, keyType });
      const found = new Map(statistics.map(({ traceback, size }) => [keyOf(traceback, keyType), size * 3]));
      expect(found.size).toBe(expected.size);
      for (const [key, size] of expected) expect(found.get(key)).toBeCloseTo(size, 6);
    },
  );

  it('of one process have the error of sampling that its snapshot has', async () => {
    const { store } = newStore();
    const snapshot = randomSnapshot(5, { from: 0, interval: 2048 });
    await store.push([{ ...profile(), snapshot }]);
    const { statistics } = await store.stats({ ...QUESTION, keyType: 'filename' });
    const expected = new Map(snapshot.statistics('filename').map((one) => [keyOf(one.traceback, 'filename'), one.standardError]));
    for (const { traceback, standardError } of statistics)
      expect(standardError).toBeCloseTo(expected.get(keyOf(traceback, 'filename'))!, 6);
  });

  it('count only the traces that pass all lists of filters', async () => {
    const { store } = newStore();
    const frames = (filename: string) => [{ filename, lineno: 1 }];
    await store.push([
      profile({
        traces: [
          { size: 1, domain: 0, frames: frames('/a.js') },
          { size: 2, domain: 1, frames: frames('/a.js') },
          { size: 4, domain: 1, frames: frames('/b.js') },
        ],
      }),
    ]);
    const sizeOf = async (filters: StatsQuestion['filters']) =>
      (await store.stats({ ...QUESTION, filters })).statistics.reduce((sum, { size }) => sum + size, 0);
    expect(await sizeOf([[new DomainFilter(true, 1)], [new Filter(true, '/a.js')]])).toBe(2);
    expect(await sizeOf([[new DomainFilter(true, 1), new Filter(true, '/a.js')]])).toBe(7);
    expect(await sizeOf([[new Filter(true, '/none.js')]])).toBe(0);
  });

  it('can be of a time: from its first moment to before its last', async () => {
    const { store } = newStore();
    await store.push(['10', '11', '12'].map((hour) => profile({ time: `${DAY}${hour}:00:00.000Z`, lines: { [hour]: 5 } })));
    const between = { from: new Date(`${DAY}10:00:00Z`), to: new Date(`${DAY}12:00:00Z`) };
    expect(rowsOf(await store.stats({ ...QUESTION, ...between }))).toEqual([[11, 5]]);
    expect((await store.stats({ ...QUESTION, from: new Date(`${DAY}23:00:00Z`) })).processes).toBe(0);
  });
});

/** The identity of a group by its frames: by file and line, and under the key `function` by function and column, too. */
function keyOf({ frames }: Traceback, keyType: KeyType): string {
  return JSON.stringify(
    frames.map(({ filename, lineno, functionName, column }) =>
      keyType === 'function' ? [filename, lineno, functionName, column] : [filename, lineno],
    ),
  );
}

describe('the difference of two releases', () => {
  it('is that of the means, with both errors, the surest first', async () => {
    const { store } = newStore();
    const release = (name: string, sizes: readonly (readonly [number, number])[]) =>
      sizes.map(([one, two], i) => profile({ release: name, pid: i + (name === '2' ? 100 : 1), lines: { 1: one, 2: two } }));
    await store.push([
      ...release('1', [
        [100, 5000],
        [110, 9000],
      ]),
      ...release('2', [
        [200, 9000],
        [210, 7000],
      ]),
    ]);
    const { processes, statistics } = await store.diff({ ...QUESTION, release: '2', against: '1' });
    expect(processes).toEqual([2, 2]);
    expect(
      statistics.map(({ traceback, size, sizeDiff, standardError }) => [traceback.at(0)!.lineno, size, sizeDiff, standardError]),
    ).toEqual([
      [1, 205, 100, Math.hypot(5, 5)],
      [2, 8000, 1000, Math.hypot(1000, 2000)],
    ]);
  });
});

describe('all processes as one snapshot', () => {
  it('has the sums of equal traces', async () => {
    const { store } = newStore();
    const traces: TraceInput[] = [
      { size: 10, count: 2, type: 'A', label: 'x', thread: 'worker 1', domain: 1, frames: [['/a.js', 1]] },
      { size: 7, frames: [['/a.js', 1]] },
    ];
    await store.push([1, 2, 3].map((pid) => profile({ pid, traces: pid === 3 ? traces.slice(1) : traces })));
    const { processes, snapshot } = await store.merged(QUESTION);
    expect(processes).toBe(3);
    const found = snapshot.traces.map(({ size, count, type, label, thread, domain }) => ({ size, count, type, label, thread, domain }));
    expect(found.sort((a, b) => a.size - b.size)).toEqual([
      { size: 20, count: 4, type: 'A', label: 'x', thread: 'worker 1', domain: 1 },
      { size: 21, count: 3, type: undefined, label: undefined, thread: 'main', domain: 0 },
    ]);
    expect(snapshot.capture).toMatchObject({ interval: null, resource: { 'service.name': 'api' }, target: { pid: null, title: 'api' } });
  });

  it('splits a trace of more blocks than one can hold', async () => {
    const { store } = newStore();
    const most = 2 ** 32 - 1;
    await store.push([1, 2].map((pid) => profile({ pid, traces: [{ size: 2 ** 40, count: most, frames: [['/a.js', 1]] }] })));
    const { snapshot } = await store.merged(QUESTION);
    const [row] = snapshot.statistics('lineno');
    expect([row!.size, row!.count]).toEqual([2 ** 41, 2 * most]);
  });
});

describe('bytes a process over time', () => {
  it('count each process with its newest profile in a stretch', async () => {
    const { store } = newStore();
    await store.push([
      profile({ time: `${DAY}10:00:00.100Z`, lines: { 1: 999 } }),
      profile({ time: `${DAY}10:00:00.900Z`, lines: { 1: 100 } }),
      profile({ time: `${DAY}10:00:00.500Z`, pid: 2, lines: { 1: 300 } }),
      profile({ time: `${DAY}10:00:00.400Z`, lines: { 1: 888 } }),
      profile({ time: `${DAY}10:00:01.200Z`, lines: { 1: 50 } }),
      profile({ time: `${DAY}10:00:00.500Z`, pid: 3, release: '2', lines: { 1: 1 } }),
    ]);
    const { points } = await store.history({ ...QUESTION, releases: [] });
    expect(points).toEqual([
      { release: '1', time: new Date(`${DAY}10:00:00Z`), processes: 2, size: 200 },
      { release: '1', time: new Date(`${DAY}10:00:01Z`), processes: 1, size: 50 },
      { release: '2', time: new Date(`${DAY}10:00:00Z`), processes: 1, size: 1 },
    ]);
  });
});

describe('files that somebody put there', () => {
  it('are of the service that their folder is named for, and each tracing is a process', async () => {
    const { folder, store } = newStore();
    mkdirSync(join(folder, 'shop', 'old'), { recursive: true });
    const { snapshot } = profile();
    const traced = (tracing: string) => new Snapshot({ ...snapshot, capture: { ...snapshot.capture, tracing } });
    traced('a').dump(join(folder, 'shop', 'one.tmsnap'));
    traced('b').dump(join(folder, 'shop', 'old', 'two.tmsnap'));
    copyFileSync(join(folder, 'shop', 'one.tmsnap'), join(folder, 'shop', 'copy.tmsnap'));
    writeFileSync(join(folder, 'shop', 'notes.txt'), 'not a profile');
    const rounds = [1, 2, 3].map((round) => snapshotOf([{ birth: 1, size: 10 * round, line: 4 }], { time: `${DAY}0${round}:00:00.000Z` }));
    Series.of(rounds).dump(join(folder, 'shop', 'rounds.tmseries'));
    const question = { ...QUESTION, service: 'shop' };
    expect((await store.stats(question)).processes).toBe(3);
    expect((await store.leaks({ ...question, releases: [] })).growth).toMatchObject([{ of: 1, slope: 10 }]);
    expect(await store.services()).toEqual(['shop']);
  });

  it('may be profiles of Chrome, each of a process of its own', async () => {
    const { folder, store } = newStore();
    const callFrame = { functionName: 'f', scriptId: '1', url: 'file:///app/a.js', lineNumber: 6, columnNumber: 0 };
    const head = {
      callFrame: { ...callFrame, functionName: '(root)', scriptId: '0' },
      selfSize: 0,
      id: 1,
      children: [{ callFrame, selfSize: 64, id: 2, children: [] }],
    };
    for (const name of ['one', 'two']) writeFileSync(join(folder, `${name}.heapprofile`), JSON.stringify({ head, samples: [] }));
    const [service] = await store.services();
    expect((await store.stats({ ...QUESTION, service: service! })).processes).toBe(2);
  });

  it('are named and left out if they are damaged; the next newest of the process counts', async () => {
    const { folder, notices, store } = newStore();
    await store.push([
      profile({ lines: { 1: 5 }, time: `${DAY}10:00:00.000Z` }),
      profile({ lines: { 1: 7 }, time: `${DAY}11:00:00.000Z` }),
      profile({ pid: 2, lines: { 1: 9 } }),
    ]);
    const day = join(folder, 'api', '2026-03-01');
    const newest = readdirSync(day).find((name) => name.startsWith('20260301T110000'))!;
    const bytes = readFileSync(join(day, newest));
    bytes[bytes.length - 5]! ^= 0xff;
    writeFileSync(join(day, newest), bytes);
    writeFileSync(join(day, 'half.tmsnap'), bytes.subarray(0, 20));
    expect(rowsOf(await store.stats(QUESTION))).toEqual([[1, 7]]); // (5 + 9) / 2
    expect(notices).toHaveLength(2);
    expect(notices.join('\n')).toContain(newest);
    expect(notices.join('\n')).toContain('half.tmsnap');
  });

  it('are counted, not named, if many are damaged', async () => {
    const { folder, notices, store } = newStore();
    await store.push([profile()]);
    for (let i = 0; i < 30; i++) writeFileSync(join(folder, `${i}.tmsnap`), 'nonsense');
    expect((await store.stats(QUESTION)).processes).toBe(1);
    expect(notices).toHaveLength(11);
    expect(notices.at(-1)).toMatch(/^20 more files were left out: /);
  });
});

describe('a question about what is not there', () => {
  it('names the nearest service or release', async () => {
    const { store } = newStore();
    await store.push([profile(), profile({ service: 'web', release: '2.1' })]);
    await expect(store.stats({ ...QUESTION, service: 'apo' })).rejects.toThrow('there is no service "apo"; do you mean "api"?');
    await expect(store.diff({ ...QUESTION, service: 'web', release: '2.1', against: '2.0' })).rejects.toThrow(
      'there is no release of web "2.0"; do you mean "2.1"?',
    );
    await expect(store.stats({ ...QUESTION, keyType: 'nonsense' as 'lineno' })).rejects.toThrow(UsageError);
  });

  it('is refused if there is no folder, and makes none', async () => {
    const folder = join(temporaryFolder(), 'none');
    await expect(new FolderStore(folder).stats(QUESTION)).rejects.toThrow(/there is no such folder; push to it first/);
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(dirname(folder))).toBe(true);
  });
});
