import type { ProtocolFailure } from '../../src/protocol/transport.js';
import { FakeTransport } from './fake-transport.js';
import { snapshotText } from './snapshot-text.js';

type Done = (failure: ProtocolFailure | null, result: unknown) => void;

const MEMORY = { heapUsed: 1_000_000, heapTotal: 2_000_000, external: 0, arrayBuffers: 0, rss: 3_000_000 };
const FRAME = { functionName: 'work', scriptId: '7', url: 'file:///app.js', lineNumber: 0, columnNumber: 0 };
const PROFILE = {
  head: { id: 1, callFrame: FRAME, selfSize: 64, children: [] },
  samples: [{ nodeId: 1, ordinal: 1, size: 64 }],
};

const HEAP_SNAPSHOT = snapshotText({
  nodes: [
    { kind: 'synthetic', name: '(GC roots)', id: 1, size: 0, to: [1] },
    { kind: 'object', name: 'Order', id: 5, size: 40, trace: 1, to: [] },
  ],
  functions: ['(root)'],
  tree: [{ id: 1, function: 0 }],
});
/** The header says how many functions there are stacks of: none if nobody tracks. */
const TRACKED_SNAPSHOT = HEAP_SNAPSHOT.replace('"node_count"', '"trace_function_count":1,"node_count"');

/** What an evaluation is for, told by a word of its text. */
const EVALUATIONS: readonly (readonly [word: string, purpose: string, value?: unknown])[] = [
  ['.since(', 'read the registry'],
  ['constrainedMemory', 'ask for the free memory', 1e12],
  ['process.memoryUsage()', 'read the memory usage', MEMORY],
  ['[{},{}', 'make objects without an id'],
  ['isQuiet', 'ask whether it is idle', true],
  ['main_end__', 'watch the end of the main thread'],
  ['setImmediate', 'wait for a turn'],
  ["'argv0' in process", 'ask for the event loop', true],
  ['NODE_V8_COVERAGE', 'ask for coverage', false],
  ['setFlagsFromString', 'set flags', []],
  ['delete globalThis', 'remove what we left'],
];

/** A program with an inspector, in memory. It answers everything, in a later microtask, and keeps a list of what it was asked. */
export class FakeProgram extends FakeTransport {
  /** What was sent: the name of each command, and of an evaluation its purpose. */
  readonly sent: string[] = [];
  /** Called when a command of this name is sent, before the answer. */
  readonly on = new Map<string, () => void>();
  /** Other answers than the usual ones, by purpose. */
  readonly answers = new Map<string, unknown>();
  /** Commands that are not answered. */
  readonly silent = new Set<string>();
  /** Commands that are refused. */
  readonly refused = new Set<string>();
  heapBytes = 1_000_000;
  #isSampled = false;
  #isTracked = false;
  #isGone = false;

  override post(method: string, params: object, done: Done): void {
    const [, purpose = method, value] = method === 'Runtime.evaluate' ? this.#evaluation(params) : [];
    this.sent.push(purpose);
    const act = this.on.get(purpose);
    this.on.delete(purpose);
    act?.();
    if (this.silent.has(purpose)) return;
    const isRefused = this.refused.has(purpose) || (method === 'HeapProfiler.getSamplingProfile' && !this.#isSampled);
    const result = isRefused ? null : this.#result(method, value);
    void Promise.resolve().then(() => {
      if (this.#isGone) return;
      if (isRefused) done({ message: 'Heap profiler is not started.' }, null);
      else done(null, result);
    });
  }

  override lose(reason: string): void {
    this.#isGone = true;
    super.lose(reason);
  }

  override close(): Promise<void> {
    this.#isGone = true;
    this.sent.push('goodbye');
    return super.close();
  }

  /** Comes to its end, and waits for whoever is connected. */
  end(): void {
    this.emit('NodeRuntime.waitingForDisconnect', {});
  }

  #evaluation(params: object): readonly [string, string, unknown?] {
    const { expression } = params as { expression: string };
    const found = EVALUATIONS.find(([word]) => expression.includes(word));
    if (!found) throw new Error(`an evaluation that the fake program does not know: ${expression}`);
    const [word, purpose] = found;
    return this.answers.has(purpose) ? [word, purpose, this.answers.get(purpose)] : found;
  }

  #result(method: string, value: unknown): unknown {
    switch (method) {
      case 'Runtime.evaluate':
        return { result: { type: typeof value, value } };
      case 'Runtime.getProperties':
        return { result: [] };
      case 'Runtime.getHeapUsage':
        return { usedSize: this.heapBytes, totalSize: 2 * this.heapBytes };
      case 'HeapProfiler.startSampling':
        this.#isSampled = true;
        return {};
      case 'HeapProfiler.startTrackingHeapObjects':
        this.#isTracked = true;
        return {};
      case 'HeapProfiler.disable':
        this.#isSampled = false;
        this.#isTracked = false;
        return {};
      case 'HeapProfiler.getSamplingProfile':
        return { profile: PROFILE };
      case 'HeapProfiler.stopSampling':
        this.#isSampled = false;
        return { profile: PROFILE };
      case 'HeapProfiler.takeHeapSnapshot':
      case 'HeapProfiler.stopTrackingHeapObjects':
        this.emit('HeapProfiler.addHeapSnapshotChunk', { chunk: this.#isTracked ? TRACKED_SNAPSHOT : HEAP_SNAPSHOT });
        return {};
      default:
        return {};
    }
  }
}
