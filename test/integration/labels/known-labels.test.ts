import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { attach, launch, type Snapshot, type StartOptions, type Tracer } from '../../../src/index.js';
import { type NodeBinary, nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { reapLater, reapTargets, startTarget } from '../../helpers/target-process.js';
import { arrayBytes } from '../lines/known-bytes.js';
import { sendRequests } from './requests.js';

const FILE = repoPath('fixtures/programs/labels/servers.cjs');
const WAYS = repoPath('fixtures/programs/labels/ways.cjs');
/** 1-based. */
const KEEPING_LINE =
  readFileSync(WAYS, 'utf8')
    .split('\n')
    .findIndex((line) => line.endsWith('// @keep')) + 1;
const READY = /^ready (.*)$/m;
const KINDS = ['http', 'compat', 'stream', 'express', 'fastify', 'koa'];
const ROUTES = [1, 2, 3, 4, 5, 6];
const PER_ROUTE = 2;
/** Of what a route keeps: the rest is what is alive of its requests otherwise, and code that V8 has compiled meanwhile. */
const TOLERANCE = 0.02;

/** Mean bytes between samples. */
const INTERVAL = 32 * 1024;

const modules = await providePackages('frameworks');

afterEach(reapTargets);

/** By label: how many elements a block of this route has. */
const LENGTHS = new Map(
  KINDS.flatMap((kind, at) => ROUTES.map((route) => [`POST /${kind}/r${route}/:id`, 5000 + 10 * (ROUTES.length * at + route)])),
);

function argsOf({ major }: NodeBinary): string[] {
  return [modules, major >= 20 ? 'fastify' : 'fastify-4'];
}

/** Resolves with the first group of `pattern` as soon as the stream, which began with `text`, has it. */
async function printed(stream: Readable, pattern: RegExp, text = ''): Promise<string> {
  let all = text;
  for (let found = pattern.exec(all); ; found = pattern.exec(all)) {
    if (found) return found[1]!;
    all += String((await once(stream, 'data'))[0]);
  }
}

/**
 * All requests come and are over. Each route is asked once before the tracer begins again: V8 compiles what becomes warm, together, on the line that
 * runs then. That was up to 4 % of what a route keeps (22).
 *
 * @returns how many blocks each has kept
 */
async function serve(tracer: Tracer, stdout: Readable, ready: string): Promise<number> {
  const ports = JSON.parse(ready) as Record<string, number>;
  const warmUp = KINDS.length * ROUTES.length;
  const warm = printed(stdout, new RegExp(`^over ${warmUp} (\\d+)$`, 'm'));
  await sendRequests({ ports, routes: ROUTES, perRoute: 1 });
  await warm;
  await tracer.clearTraces();
  const over = printed(stdout, new RegExp(`^over ${warmUp * (1 + PER_ROUTE)} (\\d+)$`, 'm'));
  await sendRequests({ ports, routes: ROUTES, perRoute: PER_ROUTE });
  return Number(await over);
}

interface Served {
  readonly snapshot: Snapshot;
  readonly blocks: number;
}

async function launched(node: NodeBinary, options: StartOptions): Promise<Served> {
  const tracer = await launch(FILE, { execPath: node.execPath, args: argsOf(node), labels: 'requests', stdio: 'pipe' });
  reapLater(() => tracer.kill('SIGKILL'));
  const ready = printed(tracer.stdout!, READY);
  await tracer.resume();
  await ready;
  await tracer.start(options);
  const blocks = await serve(tracer, tracer.stdout!, await ready);
  return { snapshot: await tracer.takeSnapshot(), blocks };
}

/** The program runs and listens before it is traced. */
async function attached(node: NodeBinary, options: StartOptions): Promise<Served> {
  const { port, child, stdout } = await startTarget({ execPath: node.execPath, file: FILE, args: argsOf(node), ready: READY });
  const tracer = await attach(port);
  await tracer.start({ ...options, labels: 'requests' });
  const blocks = await serve(tracer, child.stdout, READY.exec(stdout())![1]!);
  const snapshot = await tracer.takeSnapshot();
  await tracer.close();
  return { snapshot, blocks };
}

/** By label: how many blocks of each length the line has made that keeps them. */
function blocksByLabel({ traces }: Snapshot): Record<string, Record<number, number>> {
  const lengths = new Set(LENGTHS.values());
  const found: Record<string, Record<number, number>> = {};
  for (const { size, count, label = '(none)', traceback } of traces) {
    const { filename, lineno } = traceback.at(-1)!;
    const length = lengthOf(size / count);
    if (filename !== WAYS || lineno !== KEEPING_LINE || !lengths.has(length)) continue;
    found[label] = { ...found[label], [length]: (found[label]?.[length] ?? 0) + count };
  }
  return found;
}

/**
 * How many elements an array has. V8 allocates the elements (16 bytes, and 8 for each) alone or together with the array (32 bytes), and with a note of
 * where it was made (16 bytes). All lengths are multiples of 10.
 */
function lengthOf(bytes: number): number {
  return Math.floor((bytes - 16) / 80) * 10;
}

/** By label: the bytes of all its traces, with their standard error. */
function bytesByLabel(snapshot: Snapshot): Map<string, { size: number; standardError: number }> {
  return new Map(snapshot.statistics('label').map((statistic) => [statistic.traceback.at(-1)!.filename, statistic]));
}

/** The bytes of so many blocks, and the standard deviation of what samples say about them: each block is found with the same probability. */
function expectedBytes(bytes: number, blocks: number): [truth: number, sigma: number] {
  const found = 1 - Math.exp(-bytes / INTERVAL);
  return [blocks * bytes, bytes * Math.sqrt((blocks * (1 - found)) / found)];
}

describe.each(nodeBinaries())('requests in six servers with six routes, Node $major', (node) => {
  it.each([
    ['launched', launched],
    ['attached', attached],
  ])('every block has the label of its request, %s (long)', async (_how, trace) => {
    const { snapshot, blocks } = await trace(node, { mode: 'exact', nframe: 5 });
    const expected = [...LENGTHS].map(([label, length]) => [label, { [length]: blocks * PER_ROUTE }]);
    expect(blocksByLabel(snapshot)).toEqual(Object.fromEntries(expected));
    const found = bytesByLabel(snapshot);
    for (const [label, length] of LENGTHS) {
      const ratio = found.get(label)!.size / (arrayBytes(length) * blocks * PER_ROUTE);
      expect([label, ratio >= 1 && ratio < 1 + TOLERANCE, ratio]).toEqual([label, true, ratio]);
    }
  });

  it('samples give the bytes of each label, and how far they are from the truth (long)', async () => {
    const { snapshot, blocks } = await launched(node, { interval: INTERVAL, nframe: 5 });
    const found = bytesByLabel(snapshot);
    let squares = 0;
    for (const [label, length] of LENGTHS) {
      const { size, standardError } = found.get(label)!;
      const [truth, sigma] = expectedBytes(arrayBytes(length), blocks * PER_ROUTE);
      const deviation = (size - truth) / sigma;
      squares += deviation ** 2;
      expect([label, Math.abs(deviation) < 5, deviation]).toEqual([label, true, deviation]);
      const ratio = standardError / sigma; // it is estimated from the blocks that were found
      expect([label, ratio > 0.6 && ratio < 1.4, ratio]).toEqual([label, true, ratio]);
    }
    // Of the 36 labels, the mean is 1 with a standard deviation of 0.24.
    expect(squares / LENGTHS.size).toBeLessThan(2.2);
    expect(squares / LENGTHS.size).toBeGreaterThan(0.2);
  });
});
