/** What a profiler has put into this process if labels are on. */
interface LabelRegistry {
  withLabel<Result>(label: string, work: () => Result): Result;
  setLabel(label: string): void;
}

const KEY = Symbol.for('node-tracemalloc.labels');

/**
 * Does `work` under a label: what it allocates, also later and in what it starts, counts as allocated for this label. An empty label is none. Without a
 * profiler that asks for labels, it only calls `work`.
 *
 * @returns what `work` returns
 * @throws TypeError if the label is not a string; and whatever `work` throws
 */
function withLabel<Result>(label: string, work: () => Result): Result {
  checkLabel(label);
  const registry = registryOf();
  return registry ? registry.withLabel(label, work) : work();
}

/**
 * Gives the current work a finer label. Inside of a request or of `withLabel` it replaces the label for all of that work, also for what is already
 * waiting; elsewhere it holds for what follows and what that starts.
 *
 * @throws TypeError if the label is not a string
 */
function setLabel(label: string): void {
  checkLabel(label);
  registryOf()?.setLabel(label);
}

function registryOf(): LabelRegistry | undefined {
  return (globalThis as Record<symbol, unknown>)[KEY] as LabelRegistry | undefined;
}

function checkLabel(label: unknown): void {
  if (typeof label !== 'string') throw new TypeError(`a label must be a string, not ${label === null ? 'null' : typeof label}`);
}

// @ts-expect-error erasableSyntaxOnly: it is the only form that gives a CommonJS module its types
export = { withLabel, setLabel };
