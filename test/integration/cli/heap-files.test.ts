import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { callCommand } from '../../helpers/command.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { enterTemporaryFolder, reapTargets } from '../../helpers/target-process.js';

const PROGRAM = repoPath('fixtures', 'programs', 'heap-of-known.cjs');
const SESSIONS = 1000;
const STATES = SESSIONS * 1000;

interface Row {
  readonly size: number;
  readonly count: number;
  readonly retained: number;
  readonly traceback: { readonly frames: readonly { readonly filename: string }[] };
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

describe.each(nodeBinaries())('stats of a heap snapshot of Node $major', ({ major, execPath }) => {
  const file = `${major}.heapsnapshot`;
  let graph: HeapGraph;
  let nodes: number[];

  beforeAll(async () => {
    execFileSync(execPath, [PROGRAM, file]);
    graph = await HeapGraph.read(file);
    nodes = Array.from({ length: graph.nodeCount }, (_, node) => node);
  });

  /** Bytes of what the root does not reach any more without these nodes, and of the nodes. */
  function naiveRetained(isGone: (node: number) => boolean): number {
    const held = nodes.map((node) => graph.edgesOf(node).flatMap(({ to, holds }) => (holds ? [to] : [])));
    const reached = (isLeft: (node: number) => boolean): Set<number> => {
      const found = new Set([0]);
      for (const node of found) for (const to of held[node]!) if (isLeft(to)) found.add(to);
      return found;
    };
    const left = reached((node) => !isGone(node));
    return [...reached(() => true)].filter((node) => !left.has(node)).reduce((sum, node) => sum + graph.selfSize(node), 0);
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
  ])('refuses %j', async (options, reason) => {
    expect(await callCommand(['stats', ...options, FILE])).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
  });

  it('is refused if it is damaged or missing', async () => {
    expect(await callCommand(['stats', 'cut.heapsnapshot'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cut.heapsnapshot'),
    });
    expect(await callCommand(['stats', 'none.heapsnapshot'])).toMatchObject({
      code: 1,
      stderr: 'tracemalloc: none.heapsnapshot cannot be read: there is no such file; check the path\n',
    });
  });
});
