import { randomUUID } from 'node:crypto';
import { DEFAULT_INTERVAL, Sampler } from '../collect/sampling.js';
import { TraceCollector } from '../collect/trace-collector.js';
import { assertNever, UnsupportedError, UsageError } from '../errors.js';
import type { CaptureInfo, Mode } from '../model/trace-columns.js';
import type { DebuggerDomain } from '../protocol/debugger-domain.js';
import type { Session } from '../protocol/session.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { readHeapTotals } from './heap-totals.js';
import type { LinesOption } from './line-scope.js';
import { scriptMaps } from './script-maps.js';
import type { LineSettings, TrueLines } from './true-lines.js';

/** CPython's bounds of the traceback limit. */
const MAX_FRAMES = 65535;

export interface StartOptions {
  /** Most recent frames kept of each traceback; default 1, as in tracemalloc. */
  readonly nframe?: number;
  /** Default `'sampling'`. */
  readonly mode?: Mode;
  /** Mean bytes between two samples, an integer of at least 1; sampling mode only. */
  readonly interval?: number;
  /**
   * True lines: in a running program, replaces the source of its own files (`'all'`: of packages, too) so that every line that allocates has
   * its own bytes, and puts it back at the stop. Not needed where the program was loaded with true lines.
   */
  readonly lines?: LinesOption;
  /** `false`: the target stops inlining functions, so that every function has its own bytes. */
  readonly inlining?: boolean;
  /** Take over when another tool is sampling this target. */
  readonly force?: boolean;
}

/** What stays the same over all tracings of a target. */
export interface TracedTarget {
  readonly session: Session;
  readonly info: CaptureInfo['target'];
  /** The largest message that the connection carries. */
  readonly maxMessageBytes: number;
  readonly domain: DebuggerDomain;
  readonly trueLines: TrueLines;
}

/** One tracing, from a start to its stop. */
export class Tracing {
  readonly tracebackLimit: number;
  readonly #target: TracedTarget;
  readonly #mode: Mode;
  readonly #interval: number;
  readonly #sampler: Sampler;
  readonly #lineSettings: LineSettings;
  /** Ordinals of samples count from the last start of the sampler. */
  #id = randomUUID();

  constructor(target: TracedTarget, options: StartOptions) {
    const { nframe = 1, mode = 'sampling', force = false } = options;
    if (!Number.isInteger(nframe) || nframe < 1 || nframe > MAX_FRAMES) {
      throw new UsageError(`the number of frames must be in range [1; ${MAX_FRAMES}]`);
    }
    this.tracebackLimit = nframe;
    this.#target = target;
    this.#mode = mode;
    this.#interval = intervalOf(mode, options.interval);
    this.#lineSettings = {
      nodeMajor: Number.parseInt(target.info.nodeVersion?.slice(1) ?? '', 10),
      lines: options.lines ?? false,
      inlining: options.inlining ?? true,
    };
    this.#sampler = new Sampler(target.session, { interval: this.#interval, force, maxMessageBytes: target.maxMessageBytes });
  }

  async start(): Promise<void> {
    const { trueLines } = this.#target;
    try {
      await trueLines.apply(this.#lineSettings);
      await this.#sampler.start();
    } catch (error) {
      await trueLines.restore();
      throw error;
    }
  }

  async stop(): Promise<void> {
    try {
      await this.#sampler.stop();
    } finally {
      await this.#target.trueLines.restore();
    }
  }

  async clear(): Promise<void> {
    await this.#sampler.clear();
    this.#id = randomUUID();
  }

  /** A snapshot of all that is alive; forces a full collection. */
  async snapshot(): Promise<Snapshot> {
    const { session, info, domain, trueLines } = this.#target;
    const time = new Date().toISOString();
    const collector = new TraceCollector();
    collector.threads.push('main');
    await trueLines.refresh();
    await this.#sampler.collect(collector, {
      tracebackLimit: this.tracebackLimit,
      urlOf: (scriptId) => domain.scripts.get(scriptId)?.url,
      codeOf: trueLines.codeOf,
      positionsOf: (frame) => trueLines.sitesOf(frame),
    });
    const heap = await readHeapTotals(session); // after the profile, which has just collected the garbage
    const table = collector.stacks.build();
    return new Snapshot({
      table,
      sourceMaps: await scriptMaps(domain, table),
      columns: collector.columns(),
      threads: collector.threads,
      types: [],
      tracebackLimit: this.tracebackLimit,
      capture: {
        mode: this.#mode,
        interval: this.#interval,
        time,
        target: info,
        heap,
        precision: trueLines.areOn ? 'line' : 'function',
        tracing: this.#id,
      },
    });
  }
}

function intervalOf(mode: Mode, interval: number | undefined): number {
  switch (mode) {
    case 'sampling':
      return interval ?? DEFAULT_INTERVAL;
    case 'exact':
      if (interval !== undefined && interval !== 1) throw new UsageError('exact mode samples every block; leave the interval out');
      return 1;
    case 'objects':
      throw new UnsupportedError("object mode is not available yet; trace with mode: 'exact'");
    default:
      return assertNever(mode, 'mode');
  }
}
