import { CommandTimeoutError, UsageError } from '../../errors.js';
import { type BufferHolders, explainBuffers } from '../../heap-graph/buffers/explain-buffers.js';
import { type Explanation, explainWhat, type WhyOptions } from '../../heap-graph/paths/explain.js';
import { parseWhat, type WhatInHeap } from '../../heap-graph/paths/what.js';
import type { Session } from '../../protocol/session.js';
import { withObject } from '../isolate/find-object.js';
import type { Isolate } from '../isolate/isolate.js';
import { checkObjectMode, heapsOfTarget, type OriginalPlaces, plainHeapsOfTarget } from './heaps-of-target.js';
import type { TracingRun } from './tracing-run.js';

export interface TargetWhyOptions extends WhyOptions {
  /** Gives the places in the sources of what is in a snapshot. Default: the places in the code that ran. */
  readonly originalPlaces?: OriginalPlaces;
}

interface Asking extends TargetWhyOptions {
  /** As `parseWhat` takes it. */
  readonly what: string;
}

/** While V8 tracks objects, it gives ids to new ones every 50 ms. */
const ID_WAIT_MS = 60;
const NO_ANSWER = 'no thread of the program has sent its heap snapshot; ask again when it is less busy';
const MOST_WAITS = 20;

/** What keeps objects alive in any of the threads. */
export async function explainTarget(
  run: TracingRun,
  main: Isolate,
  { what: text, originalPlaces, ...options }: Asking,
): Promise<Explanation> {
  checkObjectMode(run);
  const what = parseWhat(text);
  const wanted = what.kind === 'expression' ? await objectOf(main.session, what.expression) : what;
  const isWanted = (thread: string) => thread === main.thread || wanted.kind !== 'id';
  const found: Explanation[] = [];
  let missing: UsageError | null = null;
  for await (const { thread, heap, places } of heapsOfTarget(run, { isWanted, originalPlaces })) {
    try {
      found.push(ofThread(thread, explainWhat(heap, wanted, { ...options, ...places })));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      missing ??= error; // another thread may have such objects
    }
  }
  if (found.length === 0) throw missing ?? new CommandTimeoutError(NO_ANSWER);
  const sum = (of: (explanation: Explanation) => number) => found.reduce((total, each) => total + of(each), 0);
  return {
    count: sum(({ count }) => count),
    size: sum(({ size }) => size),
    retained: sum(({ retained }) => retained),
    unheld: sum(({ unheld }) => unheld),
    clusterCount: sum(({ clusterCount }) => clusterCount),
    clusters: largest(found, (cluster) => cluster.retained).slice(0, options.top),
  };
}

/** Who holds the memory outside of the heap in each thread. What threads share counts in each of them. Only in object mode there are places. */
export async function explainTargetBuffers(
  run: TracingRun,
  { originalPlaces, ...options }: Omit<TargetWhyOptions, 'ignoreEdges'>,
): Promise<BufferHolders> {
  const found: BufferHolders[] = [];
  const heaps = run.isHeavy ? heapsOfTarget(run, { originalPlaces }) : plainHeapsOfTarget(run, { originalPlaces });
  for await (const { thread, heap, places } of heaps) found.push(ofThread(thread, explainBuffers(heap, { ...options, ...places })));
  if (found.length === 0) throw new CommandTimeoutError(NO_ANSWER);
  const sum = (of: (holders: BufferHolders) => number) => found.reduce((total, each) => total + of(each), 0);
  return {
    size: sum(({ size }) => size),
    count: sum(({ count }) => count),
    unheld: { size: sum(({ unheld }) => unheld.size), count: sum(({ unheld }) => unheld.count) },
    clusterCount: sum(({ clusterCount }) => clusterCount),
    clusters: largest(found, (cluster) => cluster.size).slice(0, options.top),
  };
}

/**
 * The id of the value of an expression. The value is let go before the snapshot, so that nothing of ours holds it there.
 *
 * @throws UsageError
 */
async function objectOf(main: Session, expression: string): Promise<WhatInHeap> {
  const id = await withObject(main, expression, async (idOf) => {
    for (let i = 0; i < MOST_WAITS; i++) {
      const known = await idOf();
      if (known > 0) return known;
      await new Promise((resolve) => setTimeout(resolve, ID_WAIT_MS));
    }
    throw new UsageError('V8 has given the object no id in the heap: the program is busy, or the object is new; ask again later');
  });
  return { kind: 'id', id };
}

interface Clustered<Cluster> {
  readonly clusters: readonly Cluster[];
}

function ofThread<Answer extends Clustered<object>>(thread: string, answer: Answer): Answer {
  return { ...answer, clusters: answer.clusters.map((cluster) => ({ thread, ...cluster })) };
}

function largest<Cluster>(found: readonly Clustered<Cluster>[], sizeOf: (cluster: Cluster) => number): Cluster[] {
  return found.flatMap(({ clusters }) => clusters).sort((a, b) => sizeOf(b) - sizeOf(a));
}
