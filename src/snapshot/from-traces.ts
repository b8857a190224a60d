import { UsageError } from '../errors.js';
import type { Precision } from '../model/frame.js';
import { LabelInterner } from '../model/label-interner.js';
import type { SnapshotParts } from '../model/snapshot-parts.js';
import { StackTableBuilder } from '../model/stack-table.js';
import { StringInterner } from '../model/string-interner.js';
import type { TraceColumns } from '../model/trace-columns.js';
import { checkDomain } from './statistics/column-keys.js';

export type FrameInput =
  | readonly [filename: string, lineno: number]
  | {
      readonly filename: string;
      readonly lineno: number;
      readonly column?: number;
      readonly functionName?: string;
      readonly precision?: Precision;
    };

export interface TraceInput {
  /** Default 0, the JavaScript heap. */
  readonly domain?: number;
  /** Bytes, 0 or more. */
  readonly size: number;
  /** Blocks, 1 or more. Default 1. */
  readonly count?: number;
  /** Oldest first, at least one. */
  readonly frames: readonly FrameInput[];
  /** Depth of the stack before it was cut. Default: the number of `frames`. */
  readonly totalFrames?: number;
  readonly type?: string;
  /** What it was allocated for. Default: nothing is known. At most 65534 different labels are told apart, the further ones are `(other)`. */
  readonly label?: string;
  /** Default `main`. */
  readonly thread?: string;
}

export interface FromTracesOptions {
  /** Frames. Default: the depth of the deepest traceback, at least 1. */
  readonly tracebackLimit?: number;
}

const UINT32_MAX = 0xffffffff;

/** @throws UsageError that names the first wrong trace by its index, and says what is wrong */
export function partsFromTraces(traces: Iterable<TraceInput>, options: FromTracesOptions): SnapshotParts {
  const collector = new TraceCollector();
  let index = 0;
  for (const trace of traces) {
    try {
      collector.add(trace);
    } catch (error) {
      throw error instanceof UsageError ? new UsageError(`trace ${index}: ${error.message}`) : error;
    }
    index++;
  }
  return collector.build(options.tracebackLimit);
}

class TraceCollector {
  readonly #table = new StackTableBuilder();
  readonly #threads = new StringInterner();
  readonly #types = new StringInterner();
  readonly #labels = new LabelInterner();
  readonly #rows: { traceback: number; size: number; count: number; domain: number; thread: number; type: number; label: number }[] = [];
  #deepest = 1;
  #hasLines = true;

  add(trace: TraceInput): void {
    const { domain = 0, size, count = 1, type = '', label = '', thread = 'main' } = trace;
    checkDomain(domain);
    if (!Number.isFinite(size) || size < 0) throw new UsageError(`size must be a number of bytes, 0 or more, not ${String(size)}`);
    checkInteger('count', count, 1);
    checkText('type', type);
    checkText('label', label);
    checkText('thread', thread);
    this.#rows.push({
      traceback: this.#traceback(trace),
      size,
      count,
      domain,
      thread: this.#threads.intern(thread),
      type: this.#types.intern(type),
      label: this.#labels.intern(label),
    });
  }

  build(tracebackLimit = this.#deepest): SnapshotParts {
    checkInteger('tracebackLimit', tracebackLimit, 1);
    if (tracebackLimit < this.#deepest)
      throw new UsageError(`tracebackLimit is ${tracebackLimit}, but a traceback with ${this.#deepest} frames was given`);
    if (this.#threads.values.length === 0) this.#threads.intern('main');
    if (this.#threads.values.length > 0x10000) throw new UsageError('more than 65536 threads were given');
    return {
      table: this.#table.build(),
      columns: this.#columns(),
      threads: this.#threads.values,
      types: this.#types.values,
      labels: this.#labels.values,
      tracebackLimit,
      capture: {
        mode: 'exact',
        interval: null,
        time: new Date().toISOString(),
        target: { pid: null, title: '', nodeVersion: null },
        heap: null,
        precision: this.#hasLines && this.#rows.length > 0 ? 'line' : 'function',
      },
    };
  }

  #columns(): TraceColumns {
    const rows = this.#rows;
    const isUsed = (field: 'domain' | 'thread' | 'label') => rows.some((row) => row[field] !== 0);
    const hasTypes = this.#types.values.some((name) => name !== '');
    return {
      length: rows.length,
      traceback: Uint32Array.from(rows, (row) => row.traceback),
      size: Float64Array.from(rows, (row) => row.size),
      count: Uint32Array.from(rows, (row) => row.count),
      domain: isUsed('domain') ? domainColumn(rows.map((row) => row.domain)) : null,
      thread: isUsed('thread') ? Uint16Array.from(rows, (row) => row.thread) : null,
      type: hasTypes ? Uint32Array.from(rows, (row) => row.type) : null,
      label: isUsed('label') ? Uint16Array.from(rows, (row) => row.label) : null,
      birth: null,
    };
  }

  #traceback({ frames, totalFrames }: TraceInput): number {
    if (!Array.isArray(frames) || frames.length === 0) throw new UsageError('frames must be a list of at least one frame');
    const total = totalFrames ?? frames.length;
    checkInteger('totalFrames', total, frames.length);
    const locations = (frames as readonly FrameInput[]).map((frame) => this.#location(frame));
    this.#deepest = Math.max(this.#deepest, locations.length);
    return this.#table.traceback(locations, 0, locations.length, total);
  }

  #location(frame: FrameInput): number {
    if (typeof frame !== 'object' || frame === null)
      throw new UsageError(`a frame must be [filename, lineno] or an object, not ${String(frame)}`);
    const parts: Exclude<FrameInput, readonly unknown[]> = 'filename' in frame ? frame : { filename: frame[0], lineno: frame[1] };
    const { filename, lineno, column = 0, functionName = '', precision = 'function' } = parts;
    checkText('filename', filename);
    checkText('functionName', functionName);
    checkInteger('lineno', lineno, 0);
    checkInteger('column', column, 0);
    if (precision !== 'line' && precision !== 'function')
      throw new UsageError(`precision must be 'line' or 'function', not ${String(precision)}`);
    if (precision !== 'line') this.#hasLines = false;
    const file = this.#table.filename(filename);
    return this.#table.location({ file, lineno, column, name: this.#table.functionName(functionName), isLine: precision === 'line' });
  }
}

function domainColumn(domains: readonly number[]): Uint8Array | Uint32Array {
  return domains.every((domain) => domain <= 0xff) ? Uint8Array.from(domains) : Uint32Array.from(domains);
}

function checkText(name: string, value: unknown): void {
  if (typeof value !== 'string') throw new UsageError(`${name} must be a string, not ${typeof value}`);
}

function checkInteger(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least || value > UINT32_MAX)
    throw new UsageError(`${name} must be an integer from ${least} to ${UINT32_MAX}, not ${String(value)}`);
}
