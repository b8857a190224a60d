import { parentPort, workerData } from 'node:worker_threads';
import { TracemallocError } from '../../errors.js';
import { messageOf } from '../../protocol/error-text.js';
import { readHeapUsage } from '../../protocol/evaluate.js';
import { connectToMainThread } from '../../protocol/inprocess.js';
import { evaluation, parseAnswer } from '../../protocol/schemas.js';
import { Session } from '../../protocol/session.js';
import { OWN_SCHEME } from '../../text/own-scripts.js';
import type { HeapReading, WatcherReport } from './heap-watch.js';
import { dueAt, pauseUntilNextLook } from './heap-watch-rule.js';
import { STAGES, WatchCell } from './watch-cell.js';

/* A worker that watches the heap of the main thread, whose sampler runs already, for `HeapWatch`. It loads nothing that it does not need. */

const { cell, limit } = workerData as { readonly cell: WatchCell['cell']; readonly limit: number };
const session = new Session(connectToMainThread(), { label: 'the main thread', timeoutMs: Number.POSITIVE_INFINITY });
const shared = new WatchCell(cell);

const EXTERNAL = `try { process.memoryUsage().external } catch { 0 }\n//# sourceURL=${OWN_SCHEME}external`;
const EVALUATION = { returnByValue: true, silent: true, disableBreaks: true };
const DOING = { doing: 'watching the heap' };
/** What is less than this counts as nothing: the looks themselves allocate. */
const NOISE = 64 * 1024;
const ATTEMPTS = 20;

interface Usage {
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number;
}

async function evaluate(expression: string): Promise<unknown> {
  const answer = await session.send('Runtime.evaluate', { expression, ...EVALUATION }, DOING);
  return parseAnswer(evaluation, answer, 'the evaluation').result.value;
}

async function look(): Promise<Usage> {
  const [{ usedSize: heapUsed, totalSize: heapTotal }, external] = await Promise.all([readHeapUsage(session, DOING), evaluate(EXTERNAL)]);
  return { heapUsed, heapTotal, external: typeof external === 'number' ? external : 0 };
}

function usedIn({ heapUsed, external }: Usage): number {
  return heapUsed + external;
}

/** The first collection may only end one that V8 began before, which takes for alive what has died since then. */
const COLLECTIONS = 2;
/** V8 counts Buffers that one collection has freed as alive until the next one. */
const COLLECTIONS_FOR_BUFFERS = 3;

/** @returns null if the program may have run between the collections and the reading */
async function read(collections: number): Promise<HeapReading | null> {
  const time = new Date().toISOString();
  const held = evaluate(shared.holdExpression());
  const collected = Array.from({ length: collections }, () => session.send('HeapProfiler.getSamplingProfile', undefined, DOING));
  const usage = look();
  shared.release();
  const reading = { answer: (await Promise.all(collected)).at(-1)!, ...(await usage), time };
  return (await held) === true ? reading : null;
}

async function readSurely(): Promise<HeapReading> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const reading = await read(COLLECTIONS_FOR_BUFFERS);
    if (reading) return reading;
  }
  throw new TracemallocError('the program could not be stopped for a moment; is the machine overloaded?');
}

/** @param begin what was alive then */
async function highestReading(begin: Usage): Promise<HeapReading | null> {
  const start = performance.now();
  let highest: HeapReading | null = null;
  let collectingMs = 0;
  let lastUsed = 0;
  let idleLooks = 0;
  const beyond = (usage: Usage) => usedIn(usage) - usedIn(begin);
  const due = () =>
    dueAt({
      highest: highest === null ? 0 : Math.max(0, beyond(highest)),
      limit,
      heap: usedIn(begin),
      collectingMs,
      elapsedMs: performance.now() - start,
    });
  const keep = (reading: HeapReading | null) => {
    if (reading && (highest === null || usedIn(reading) > usedIn(highest))) highest = reading;
  };
  while (shared.stage === STAGES.watch) {
    const usage = await look();
    if (beyond(usage) > due()) {
      const collecting = performance.now();
      const areBuffersNew = usage.external - begin.external > NOISE;
      const reading = await read(areBuffersNew ? COLLECTIONS_FOR_BUFFERS : COLLECTIONS);
      if (areBuffersNew || (reading?.external ?? 0) - begin.external <= NOISE) keep(reading);
      collectingMs += performance.now() - collecting;
    }
    shared.countLook();
    idleLooks = Math.abs(beyond(usage) - lastUsed) < NOISE ? idleLooks + 1 : 0;
    lastUsed = beyond(usage);
    shared.pause(pauseUntilNextLook({ missing: Math.max(0, due() - lastUsed), idleLooks }));
  }
  if (shared.stage === STAGES.giveUp) return null;
  keep(await readSurely());
  return highest;
}

function report(message: WatcherReport): void {
  parentPort!.postMessage(message);
}

async function watch(): Promise<void> {
  await readSurely(); // what was garbage before does not count, with all that its finalizers free
  const begin = await readSurely();
  report({ kind: 'begun' });
  const highest = await highestReading(begin);
  if (highest === null) return;
  const bytes = Math.max(0, usedIn(highest) - usedIn(begin));
  report({ kind: 'ended', highest, bytes, external: Math.max(0, highest.external - begin.external) });
}

const alive = setInterval(() => {}, 2 ** 30); // the session alone does not keep a worker alive
await watch().catch((error: unknown) => report({ kind: 'failed', reason: messageOf(error) }));
await session.close();
clearInterval(alive);
report({ kind: 'left' });
shared.waitForExit();
