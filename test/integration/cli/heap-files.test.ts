import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BufferCluster } from '../../../src/heap-graph/buffers/explain-buffers.js';
import type { GrowingCollection } from '../../../src/heap-graph/comparison/growing-collections.js';
import { HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { type HeldCluster, Snapshot } from '../../../src/index.js';
import { TRACKING_FLAGS } from '../../../src/protocol/v8-flags.js';
import { pathText } from '../../../src/report/text/holders.js';
import { callCommand } from '../../helpers/command.js';
import { nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { enterTemporaryFolder, reapTargets } from '../../helpers/target-process.js';

const PROGRAM = repoPath('fixtures', 'programs', 'heap-of-known.cjs');
const TRACKED = repoPath('fixtures', 'programs', 'heap-snapshot-of-known.cjs');
const SESSIONS = 1000;
const STATES = SESSIONS * 1000;

interface Row {
  readonly size: number;
  readonly count: number;
  readonly retained: number;
  readonly dominated?: number;
  readonly traceback: { readonly frames: readonly { readonly filename: string; readonly lineno: number }[] };
}

async function documentOf(...args: string[]) {
  const { code, stdout, stderr } = await callCommand([...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

async function rowsOf(...args: string[]): Promise<Map<string, Row>> {
  const { statistics } = await documentOf(...args);
  return new Map(statistics.map((row: Row) => [row.traceback.frames[0]!.filename, row]));
}

beforeAll(() => {
  enterTemporaryFolder();
});
afterAll(reapTargets);

describe.each(nodeBinaries())('a heap snapshot of Node $major', ({ major, execPath }) => {
  const file = `${major}.heapsnapshot`;
  const later = `${major}-later.heapsnapshot`;
  let graph: HeapGraph;
  let nodes: number[];

  beforeAll(async () => {
    execFileSync(execPath, [PROGRAM, file, later]);
    graph = await HeapGraph.read(file);
    nodes = Array.from({ length: graph.nodeCount }, (_, node) => node);
  });

  /** Bytes of what the root does not reach any more without these nodes. What global objects hold is theirs: only edges from there count. */
  function naiveRetained(isGone: (node: number) => boolean): number {
    const held = nodes.map((node) => graph.edgesOf(node).flatMap(({ to, holds }) => (holds ? [to] : [])));
    const reached = (starts: number[], counts: (from: number, to: number) => boolean): Set<number> => {
      const found = new Set(starts);
      for (const from of found) for (const to of held[from]!) if (counts(from, to)) found.add(to);
      return found;
    };
    const globals = graph.edgesOf(0).flatMap(({ type, to }) => (type === 'shortcut' ? [to] : []));
    const owned = reached(globals, () => true);
    const counts = (from: number, to: number) => from === 0 || owned.has(from) || !owned.has(to);
    const left = reached([0], (from, to) => counts(from, to) && !isGone(to));
    return [...reached([0], counts)].filter((node) => !left.has(node)).reduce((sum, node) => sum + graph.selfSize(node), 0);
  }

  it('has each object of a class under its type, with what they retain', async () => {
    const session = (await rowsOf('stats', file)).get('Session')!;
    const isSession = (node: number) => graph.type(node) === 'object' && graph.name(node) === 'Session';
    const objects = nodes.filter(isSession);
    expect(session).toMatchObject({ count: SESSIONS, size: objects.reduce((sum, node) => sum + graph.selfSize(node), 0) });
    expect(new Set(objects.map((node) => graph.selfSize(node))).size).toBe(1);
    expect(session.retained).toBe(naiveRetained(isSession));
    // Besides the stores: an ArrayBuffer of at most 200 bytes for each, and the shape of the class.
    expect(session.retained).toBeGreaterThan(STATES + session.size);
    expect(session.retained).toBeLessThan(STATES + session.size + SESSIONS * 200 + 5000);
  });

  it('adds up to all objects', async () => {
    const { total, statistics } = await documentOf('stats', file);
    expect(total.size).toBe(nodes.reduce((sum, node) => sum + graph.selfSize(node), 0));
    expect(statistics.reduce((sum: number, { size }: Row) => sum + size, 0)).toBe(total.size);
  });

  it('tells packages by the scripts of classes and functions', async () => {
    const rows = await rowsOf('stats', '--group-by', 'package', file);
    expect(rows.get('<program>')!.count).toBeGreaterThan(SESSIONS);
    expect(rows.get('<program>')!.retained).toBeGreaterThan(STATES);
    expect(rows.get('<program>')!.retained).toBeLessThan(3 * STATES);
    expect(rows.get('@x/client')!.retained).toBeGreaterThan(50_000);
    expect(rows.get('@x/client')!.retained).toBeLessThan(60_000);
    expect(rows.get('<node>')!.count).toBeGreaterThan(1000);
    expect(rows.get('<program>')!.dominated).toBeGreaterThan(STATES);
    expect(rows.get('@x/client')!.dominated).toBeGreaterThan(50_000);
    expect(rows.get('@x/client')!.dominated).toBeLessThan(60_000);
    expect([...rows.values()].reduce((sum, { dominated }) => sum + dominated!, 0)).toBe(
      nodes.reduce((sum, node) => sum + graph.selfSize(node), 0),
    );
  });

  it('tells what is outside of the heap, a shared store once', async () => {
    const rows = await rowsOf('stats', '--group-by', 'domain', file);
    const stores = rows.get('domain 1 (ArrayBuffer backing stores)')!;
    expect(stores.size).toBeGreaterThan(STATES + 50_000 + 222_224);
    expect(stores.size).toBeLessThan(STATES + 50_000 + 2 * 222_224);
    const strings = rows.get('external strings (text outside of the heap)')!;
    if (major >= 24) expect(strings.size).toBeGreaterThan(1_500_000);
    else expect(strings.size / strings.count).toBeLessThanOrEqual(32);
  });

  it('has keys of Maps apart from values', async () => {
    const { clusters } = await documentOf('why', file, 'Member');
    expect(clusters.map(({ count, path }: HeldCluster) => [count, pathText(path)])).toEqual([
      [5, 'global.kept → Object.joined → Map → key'],
    ]);
  });

  it('is compared with a later one object by object', async () => {
    const { oneProcess, total, statistics } = await documentOf('diff', file, later);
    const rows = new Map<string, object>(statistics.map((row: Row) => [row.traceback.frames[0]!.filename, row]));
    expect(oneProcess).toBe(true);
    const session = rows.get('Session') as Row;
    const size = session.size / session.count;
    expect(session).toMatchObject({
      count: 1400,
      countDiff: 400,
      newCount: 500,
      goneCount: 100,
      newSize: 500 * size,
      goneSize: 100 * size,
      grown: 0,
    });
    const stores = rows.get('system / JSArrayBufferData') as Record<'newCount' | 'goneCount' | 'sizeDiff', number>;
    expect(stores.sizeDiff).toBe(400_000);
    expect(stores.newCount - stores.goneCount).toBe(400);
    expect(stores.goneCount).toBeLessThan(105);
    expect(total.sizeDiff).toBe(statistics.reduce((sum: number, row: { sizeDiff: number }) => sum + row.sizeDiff, 0));
  });

  it('has the collections that grew, with their owners and their numbers of entries, and no others', async () => {
    const { collections } = await documentOf('diff', file, later);
    const shown = collections.map(({ name, kind, before, after, atMost }: GrowingCollection) => [name, kind, before, after, atMost]);
    expect(Object.fromEntries(shown.map(([name, ...rest]: [string, ...unknown[]]) => [name, rest]))).toEqual({
      'Cache.table': ['Object', 1000, 1500, false],
      'Cache.names': ['Set', 1000, 1500, false],
      'Cache.list': ['Array', 1000, 1500, false],
      'Cache.entries': ['Map', 1000, 1400, false],
      'module heap-of-known.cjs → variable seen': ['Map', 100, 150, false],
      'Cache.numbers': ['Array', expect.any(Number), expect.any(Number), true],
      'Cache.counts': ['Map', 1024, 2048, true],
    });
    const map = collections.find(({ name }: GrowingCollection) => name === 'Cache.entries');
    expect(map.retained).toBeGreaterThan(1_400_000);
  });

  it('tells who holds the memory outside of the heap, a shared store once', async () => {
    const { clusters, size, unheld } = await documentOf('why', '--buffers', '--top', 'all', file);
    const found = new Map<number, BufferCluster>(clusters.map((cluster: BufferCluster) => [cluster.size, cluster]));
    const shown = ({ owner, count, path }: BufferCluster) => [owner, count, path.at(-1)!.name];
    expect(shown(found.get(STATES)!)).toEqual(['Session', SESSIONS, 'Session.state']);
    expect(shown(found.get(50_000)!)).toEqual(['Client', 1, 'Client.socket']);
    expect(shown(found.get(222_224)!)).toEqual(['global.kept', 1, expect.stringMatching(/^Object\.(?:shared|sameShared)$/)]);
    const outside = nodes.filter((node) => ['native', 'synthetic'].includes(graph.type(node)));
    expect(size).toBe(outside.reduce((sum, node) => sum + graph.selfSize(node), 0));
    expect(clusters.reduce((sum: number, each: BufferCluster) => sum + each.size, unheld.size)).toBe(size);
    expect(unheld.size).toBeLessThan(20_000);
  });

  it('of another process is compared by type only (matrix)', async () => {
    execFileSync(execPath, [PROGRAM, 'a.heapsnapshot', 'b.heapsnapshot']);
    const { oneProcess, collections, statistics } = await documentOf('diff', file, 'b.heapsnapshot');
    expect([oneProcess, collections]).toEqual([false, []]);
    const session = statistics.find((row: Row) => row.traceback.frames[0]!.filename === 'Session');
    expect(session).toMatchObject({ count: 1400, countDiff: 400, newCount: null, goneCount: null, grown: null });
    expect((await callCommand(['diff', file, 'b.heapsnapshot'])).stdout).toContain('The ids of objects do not match');
  });
});

describe.each(oldestAndNewest())('a heap snapshot with stacks of Node $major', ({ major, execPath }) => {
  const file = `${major}-stacks.heapsnapshot`;
  const lineOf = (text: string) =>
    readFileSync(TRACKED, 'utf8')
      .split('\n')
      .findIndex((line) => line.startsWith(text)) + 1;

  beforeAll(() => {
    execFileSync(execPath, [...TRACKING_FLAGS.set, TRACKED, file]);
  });

  it('has what each function allocated, with what that retains', async () => {
    const { statistics } = await documentOf('stats', '--group-by', 'lineno', '--include', '*/heap-snapshot-of-known.cjs', file);
    const rowAt = (line: number): Row => statistics.find((row: Row) => row.traceback.frames[0]!.lineno === line);
    const known = rowAt(lineOf('function makeKnown'));
    expect(known.count).toBeGreaterThanOrEqual(500);
    expect(known.count).toBeLessThan(530);
    const stores = 300_004 + 123_456 + 111_112; // those that Node's own code did not allocate for it
    const { retained } = rowAt(lineOf('function makeBuffers'));
    expect(retained).toBeGreaterThan(stores);
    expect(retained).toBeLessThan(stores + 5000);
  });

  it('tells where the holders of memory outside of the heap were allocated', async () => {
    const { clusters } = await documentOf('why', '--buffers', '--top', 'all', file);
    const typed = clusters.find(({ size }: BufferCluster) => size === 300_004) as BufferCluster;
    expect(typed.path.at(-1)!.place).toMatchObject({ filename: TRACKED, lineno: lineOf('function makeBuffers') });
    const before = clusters.find(({ size }: BufferCluster) => size === 555_555) as BufferCluster;
    expect([before.owner, before.path.at(-1)!.place]).toEqual(['BeforeTracking', null]);
  });
});

describe('stats of a heap snapshot', () => {
  const FILE = 'some.heapsnapshot';

  beforeAll(() => {
    execFileSync(process.execPath, [PROGRAM, FILE]);
    writeFileSync('renamed.json', readFileSync(FILE));
    writeFileSync('packed.heapsnapshot.gz', gzipSync(readFileSync(FILE)));
    writeFileSync('cut.heapsnapshot', readFileSync(FILE).subarray(0, 100_000));
  });

  it('is a table of the types that retain most, and of the rest', async () => {
    const { code, stdout, stderr } = await callCommand(['stats', FILE, '--top', '3']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^some\.heapsnapshot: \d+ objects, [\d.]+ [KM]iB.*\n\n *retained +size +count {2}type\n( *[\d.]+ [KM]iB.*\n){3}\d+ more, of /,
    );
  });

  it('is recognised by its content, and compressed by its name', async () => {
    const expected = await documentOf('stats', FILE);
    expect(await documentOf('stats', 'renamed.json')).toEqual(expected);
    expect(await documentOf('stats', 'packed.heapsnapshot.gz')).toEqual(expected);
  });

  it('has only the rows that --include and --exclude leave', async () => {
    expect([...(await rowsOf('stats', '--include', 'S*', '--exclude', 'Set', FILE)).keys()]).toEqual(
      expect.arrayContaining(['Session', 'SharedArrayBuffer']),
    );
    expect(
      [...(await rowsOf('stats', '--include', 'S*', '--exclude', 'Set', FILE)).keys()].filter((name) => !/^S(?!et$)/.test(name)),
    ).toEqual([]);
    expect((await callCommand(['stats', '--include', 'Nobody', FILE])).stdout).toMatch(/\nno type of the heap snapshot matches --include/);
  });

  it('ends with 3 above a limit', async () => {
    expect(await callCommand(['stats', '--fail-above', '1MiB', FILE])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/of objects: .* above the limit of 1024 KiB \(--fail-above\)/),
    });
  });

  it.each([
    [['--group-by', 'lineno'], 'the heap snapshot does not say where its objects were allocated: group by type or package, or record it'],
    [['--group-by', 'thread'], 'a heap snapshot is grouped by type, package, domain, lineno, not by thread'],
    [['--own'], 'a heap snapshot is grouped by type, package, domain, lineno, not by own'],
    [['--cumulative', '--domain', '1'], 'a heap snapshot is the whole heap of one thread; leave --cumulative, --domain out'],
    [['--only-label', 'GET *'], 'a heap snapshot is the whole heap of one thread; leave --only-label out'],
  ])('refuses %j', async (options, reason) => {
    expect(await callCommand(['stats', ...options, FILE])).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
  });

  it('is refused if it is damaged or missing', async () => {
    expect(await callCommand(['stats', 'cut.heapsnapshot'])).toMatchObject({
      code: 1,
      stderr:
        'tracemalloc: cut.heapsnapshot cannot be read: the heap snapshot is damaged: it ends in the middle of "nodes"; --partial takes what stands before the damage\n',
    });
    expect(await callCommand(['stats', 'none.heapsnapshot'])).toMatchObject({
      code: 1,
      stderr: 'tracemalloc: none.heapsnapshot cannot be read: there is no such file; check the path\n',
    });
  });
});

describe('--partial', () => {
  const note =
    /^(?:tail|cut)\.heapsnapshot cannot be read: the heap snapshot is damaged: it ends .*; --partial takes what stands before the/m;

  beforeAll(() => {
    execFileSync(process.execPath, [PROGRAM, 'whole.heapsnapshot']);
    const text = readFileSync('whole.heapsnapshot');
    writeFileSync('tail.heapsnapshot', text.subarray(0, -20));
    writeFileSync('cut.heapsnapshot', text.subarray(0, text.indexOf('"nodes"') + 100_000));
    Snapshot.fromTraces([{ size: 1, frames: [['app.js', 1]] }]).dump('one.tmsnap');
  });

  it('takes the objects that stand before the damage', async () => {
    const { code, stdout, stderr } = await callCommand(['stats', '--partial', '--json', 'cut.heapsnapshot']);
    expect([code, stderr]).toEqual([0, expect.stringMatching(note)]);
    const { total, damage } = JSON.parse(stdout);
    const rows = readFileSync('cut.heapsnapshot', 'utf8').split('"nodes":[')[1]!.split('\n').slice(0, -1); // V8 writes a line for each
    // Roots that V8 makes up count for nothing, and a row may be whole without its end.
    expect(total.count).toBeLessThanOrEqual(rows.length + 1);
    expect(total.count).toBeGreaterThan(rows.length - 50);
    expect(damage).toMatch(/ends in the middle of "nodes"/);
  });

  it('loses nothing that stands before the damage, and says so everywhere (long)', async () => {
    const { stdout } = await callCommand(['stats', '--partial', '--json', 'tail.heapsnapshot']);
    const rows: Row[] = JSON.parse(stdout).statistics;
    const session = rows.find(({ traceback }) => traceback.frames[0]!.filename === 'Session');
    expect(session).toEqual((await rowsOf('stats', 'whole.heapsnapshot')).get('Session'));
    const text = await callCommand(['stats', '--partial', 'tail.heapsnapshot']);
    expect(text).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(note) });
    for (const args of [
      ['diff', 'whole.heapsnapshot', 'tail.heapsnapshot'],
      ['why', 'tail.heapsnapshot', 'Session'],
      ['why', '--buffers', 'tail.heapsnapshot'],
    ]) {
      const json = await callCommand([...args, '--partial', '--json']);
      expect([args, json.code, json.stderr]).toEqual([args, 0, expect.stringMatching(note)]);
      expect([args, JSON.parse(json.stdout).damage]).toEqual([args, expect.stringMatching(/tail\.heapsnapshot cannot be read/)]);
    }
    for (const [verb, file] of [
      ['export', 'damaged.csv'],
      ['report', 'damaged.html'],
    ])
      expect(await callCommand([verb!, 'tail.heapsnapshot', '--partial', '-o', file!, '--force'])).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(note),
      });
    expect(readFileSync('damaged.html', 'utf8')).toContain('<b>Damaged.</b> tail.heapsnapshot cannot be read');
  });

  it('changes nothing about a whole file', async () => {
    expect(await documentOf('stats', '--partial', 'whole.heapsnapshot')).toEqual(await documentOf('stats', 'whole.heapsnapshot'));
  });

  it.each([
    ['stats', 'one.tmsnap'],
    ['diff', 'one.tmsnap', 'one.tmsnap'],
    ['export', 'one.tmsnap', '-o', 'a.csv'],
    ['report', 'one.tmsnap', '-o', 'a.html'],
    ['why', '4711', 'Session'],
  ])('is refused by %s for anything else', async (...args) => {
    expect(await callCommand([...args, '--partial'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--partial is for a heap snapshot file'),
    });
  });
});

describe('why --buffers', () => {
  beforeAll(() => {
    execFileSync(process.execPath, [PROGRAM, 'held.heapsnapshot']);
  });

  it('is a table of holders', async () => {
    const { code, stdout } = await callCommand(['why', '--buffers', '--top', '2', 'held.heapsnapshot']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^outside of the heap: \d+ stores of [\d.]+ [KM]iB\n\n *size +stores {2}held by\n/);
    expect(stdout).toMatch(/\n *977 KiB +1000 {2}Session: global\.kept → Object\.cache → Cache\.entries → Map → entry → Session\.state\n/);
    expect(stdout).toMatch(/\n\d+ more: .*\n\d+ stores of .* held by no object/);
  });

  it.each([
    [[], 'say where to look, and nothing else: tracemalloc why --buffers TARGET|FILE'],
    [['held.heapsnapshot', 'Session'], 'say where to look, and nothing else'],
    [['held.heapsnapshot', '--pid', '4711'], 'say where to look, and nothing else'],
    [['held.heapsnapshot', '--ignore-edge', 'a'], 'leave --ignore-edge out'],
  ])('refuses %j', async (args, reason) => {
    expect(await callCommand(['why', '--buffers', ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
  });

  it.each([[['--for', '1s', '--yes']], [['--take-over']], [['--lines']], [['--no-lines']]])('and why of a file refuse %j', async (args) => {
    const names = args.filter((each) => each.startsWith('--')).join(', ');
    const stderr = expect.stringContaining(`${names} is for a process`);
    for (const words of [['Session'], ['--buffers']])
      expect(await callCommand(['why', 'held.heapsnapshot', ...words, ...args])).toMatchObject({ code: 2, stderr });
  });
});

describe('export and report of a heap snapshot', () => {
  beforeAll(() => {
    execFileSync(process.execPath, [PROGRAM, 'shared.heapsnapshot']);
  });

  it('write its types as csv and json lines', async () => {
    const expected = [...(await rowsOf('stats', 'shared.heapsnapshot'))].map(([type, { retained, size, count }]) => ({
      retained,
      size,
      count,
      type,
    }));
    expect(await callCommand(['export', 'shared.heapsnapshot', '-o', 'types.csv'])).toMatchObject({
      code: 0,
      stderr: 'written to types.csv\n',
    });
    const [head, ...lines] = readFileSync('types.csv', 'utf8').trimEnd().split('\n');
    expect(head).toBe('retained,size,count,type');
    expect(lines).toHaveLength(expected.length);
    const session = expected.find(({ type }) => type === 'Session')!;
    expect(lines).toContain(`${session.retained},${session.size},1000,Session`);
    const { stdout } = await callCommand(['export', 'shared.heapsnapshot', '--format', 'json', '-o', '-']);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(expected);
  });

  it('write one page, with what holds the objects of a class', async () => {
    expect(await callCommand(['report', 'shared.heapsnapshot'])).toMatchObject({ code: 0, stderr: 'report written as shared.html\n' });
    const page = readFileSync('shared.html', 'utf8');
    expect(page).toMatch(
      /<details><summary>Session<\/summary><ul><li><b>1000 objects<\/b>, retaining 1[\d.]+ [KM]iB: <code>global\.kept → Object\.cache → Cache\.entries → Map → entry<\/code>/,
    );
    expect(page).not.toMatch(/<script|<(?:img|link|iframe)[^>]+(?:src|href)="(?!data:,")/);
  });

  it.each([
    [['export', '-o', 'a.pb.gz'], 'a heap snapshot has no stacks, which pprof needs; write its types as csv or json'],
    [['export', '-o', 'a.csv', '--diff', 'one.tmsnap'], 'shared.heapsnapshot is a heap snapshot and one.tmsnap is not'],
    [['export', '-o', 'a.csv', '--domain', '1'], 'leave --domain out'],
    [['report', '-o', 'a.html', '--own'], 'leave --own, --embed-sources and --warmup out'],
    [['report', '-o', 'a.html', '--diff', 'one.tmsnap'], 'shared.heapsnapshot is a heap snapshot and one.tmsnap is not'],
  ])('refuse %j', async ([verb, ...options], reason) => {
    const result = await callCommand([verb!, 'shared.heapsnapshot', ...options]);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
    expect(existsSync('a.csv')).toBe(false);
  });
});

describe('diff of heap snapshots', () => {
  beforeAll(() => {
    execFileSync(process.execPath, [PROGRAM, 'before.heapsnapshot', 'after.heapsnapshot']);
    Snapshot.fromTraces([{ size: 1, frames: [['app.js', 1]] }]).dump('one.tmsnap');
  });

  it('is a table of types and one of collections', async () => {
    const { code, stdout } = await callCommand(['diff', 'before.heapsnapshot', 'after.heapsnapshot', '--top', '3']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^from before\.heapsnapshot to after\.heapsnapshot: \d+ objects, .*\(\+.*\)\n\n *change +size +new +gone/);
    expect(stdout).toMatch(/\ncollections that have more entries than before:\n *entries +before +after +retained +id {2}collection\n/);
    expect(stdout).toMatch(/\n\d+ more\n/);
  });

  it('is also what export and report write with --diff (long)', async () => {
    const { statistics } = await documentOf('diff', 'before.heapsnapshot', 'after.heapsnapshot');
    const expected = statistics.find((row: Row) => row.traceback.frames[0]!.filename === 'Session');
    const diff = ['after.heapsnapshot', '--diff', 'before.heapsnapshot'];
    const { stdout } = await callCommand(['export', ...diff, '--format', 'json', '-o', '-']);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(statistics.length);
    const { sizeDiff, countDiff, size, count, newSize, newCount, goneSize, goneCount, grown } = expected;
    const figures = { sizeDiff, countDiff, size, count, newSize, newCount, goneSize, goneCount, grown };
    expect(rows.find(({ type }) => type === 'Session')).toEqual({ ...figures, type: 'Session' });
    await callCommand(['export', ...diff, '-o', 'change.csv']);
    const [head, ...lines] = readFileSync('change.csv', 'utf8').split('\n');
    expect(head).toBe('size_diff,count_diff,size,count,new_size,new_count,gone_size,gone_count,grown,type');
    expect(lines).toContain([...Object.values(figures), 'Session'].join(','));
    expect(await callCommand(['report', ...diff, '-o', 'change.html'])).toMatchObject({
      code: 0,
      stderr: 'report written as change.html\n',
    });
    const page = readFileSync('change.html', 'utf8');
    expect(page).toMatch(
      /<td>500<\/td><td>100<\/td><td>1400<\/td><td><details><summary>Session<.*global\.kept → Object\.cache → Cache\.entries/,
    );
    expect(page).toMatch(
      /<td>\+400<\/td><td>1000<\/td><td>1400<\/td><td>[\d.]+ [KM]iB<\/td><td>@\d+<\/td><td><code>Cache\.entries<\/code>: Map</,
    );
  });

  it('of a snapshot with itself says that nothing changed', async () => {
    const { stdout } = await callCommand(['diff', 'before.heapsnapshot', 'before.heapsnapshot']);
    expect(stdout).toMatch(/\(\+0 B\)\n\nnothing changed\n$/);
  });

  it('ends with 3 above a limit', async () => {
    const { code, stderr } = await callCommand(['diff', 'before.heapsnapshot', 'after.heapsnapshot', '--fail-above', '100KiB']);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/^grew by .* above the limit of 100 KiB/) });
  });

  it.each([
    [['before.heapsnapshot'], 'before.heapsnapshot is one heap snapshot; give a later one'],
    [['one.tmsnap', 'before.heapsnapshot'], 'before.heapsnapshot is a heap snapshot and one.tmsnap is not'],
    [['before.heapsnapshot', 'one.tmsnap'], 'before.heapsnapshot is a heap snapshot and one.tmsnap is not'],
    [['before.heapsnapshot', 'after.heapsnapshot', '--survivors'], 'leave --survivors out'],
    [['before.heapsnapshot', 'after.heapsnapshot', '--group-by', 'package'], 'compared by type, not by package'],
  ])('refuses %j', async (args, reason) => {
    expect(await callCommand(['diff', ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
  });
});
