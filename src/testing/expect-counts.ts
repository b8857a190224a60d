import { AssertionError } from 'node:assert';
import { getHeapSnapshot } from 'node:v8';
import { UsageError } from '../errors.js';
import { HeapGraph } from '../heap-graph/heap-graph.js';
import { printable } from '../text/printable.js';
import { checkWork, type Work } from './call-work.js';
import { idle } from './idle.js';

/** By class: how many of its objects may remain. */
export type ExpectedCounts = Readonly<Record<string, number>>;

/**
 * Calls `work` once, and counts the objects of each class that it made and that are still alive. The class is the one whose constructor made the
 * object; objects of subclasses don't count. Takes two heap snapshots.
 *
 * @throws AssertionError if a count differs; what the work throws; UsageError for counts that make no sense
 */
export async function expectCounts(expected: ExpectedCounts, work: Work): Promise<void> {
  checkWork(work);
  checkCounts(expected);
  const names = Object.keys(expected);
  const before = await objectsOf(names);
  await work();
  await idle();
  const after = await objectsOf(names);
  const actual = Object.fromEntries(names.map((name) => [name, [...after.get(name)!].filter((id) => !before.get(name)!.has(id)).length]));
  const wrong = names.filter((name) => actual[name] !== expected[name]);
  if (wrong.length === 0) return;
  const counts = wrong.map((name) => `${actual[name]} of ${printable(name)}, not ${expected[name]}`);
  throw new AssertionError({ message: `after the work there are ${counts.join('; ')}`, actual, expected, operator: 'expectCounts' });
}

function checkCounts(expected: ExpectedCounts): void {
  if (typeof expected !== 'object' || expected === null || Object.keys(expected).length === 0)
    throw new UsageError('expectCounts needs the counts by class, such as { Session: 0 }');
  for (const [name, count] of Object.entries(expected)) {
    if (!Number.isInteger(count) || count < 0)
      throw new UsageError(`the count of ${name} must be a whole number from 0 on, not ${String(count)}`);
  }
}

/** By class: V8's ids of its objects. V8 collects the garbage first, and an object keeps its id. */
async function objectsOf(names: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const found = new Map(names.map((name) => [name, new Set<number>()]));
  const graph = await HeapGraph.read(getHeapSnapshot());
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.type(node) === 'object') found.get(graph.name(node))?.add(graph.id(node));
  }
  return found;
}
