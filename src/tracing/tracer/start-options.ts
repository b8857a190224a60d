import { checkInterval, DEFAULT_INTERVAL } from '../../collect/sampling/sampler-commands.js';
import { assertNever, UnsupportedError, UsageError } from '../../errors.js';
import { type LabelsOption, labelChoiceOf } from '../../lines/labels/label-choice.js';
import type { Mode } from '../../model/trace-columns.js';
import { nodeMajor } from '../../text/node-major.js';
import type { LinesOption } from '../isolate/line-scope.js';

/** CPython's upper bound of the traceback limit. */
const MAX_FRAMES = 65535;

export interface StartOptions {
  /** Most recent frames kept of each traceback; default 1, as in tracemalloc. */
  readonly nframe?: number;
  /**
   * Default `'sampling'`. In `'churn'` mode traces are all that was allocated since the start, dead or alive, one for each block size at a place
   * (`capture.churn` has the time); Node 20 and later.
   */
  readonly mode?: Mode;
  /** Mean bytes between two samples, an integer of at least 1; sampling and churn mode only. */
  readonly interval?: number;
  /**
   * True lines: in a running program, replaces the source of its own files (`'all'`: of packages, too) so that every line that allocates has
   * its own bytes, and restores it at the stop. Not needed if the program was loaded with true lines.
   */
  readonly lines?: LinesOption;
  /**
   * Label what is allocated with the work that it is for: HTTP requests (`'requests'`), or what the program labels (`'program'`). Needs true lines, which
   * are then on. Traces have a `label`. Not needed if the program was loaded with labels.
   */
  readonly labels?: LabelsOption;
  /** `false`: the target stops inlining functions, so that every function has its own bytes. Object mode never inlines. */
  readonly inlining?: boolean;
  /**
   * Keep the snapshot of the highest reading, for `closed` and `exited`. Readings are taken for it from the start on. They take up to a tenth
   * of the time, and a second more.
   */
  readonly peak?: boolean;
  /**
   * `false`: only the main thread. Default: every worker thread, too. On Node 18 to 22 a network that fails while a worker is asked can crash
   * the target: see docs/guide/safety.md.
   */
  readonly workers?: boolean;
  /** Keep in every snapshot what workers held at their end, if they have ended since the start. */
  readonly keepEnded?: boolean;
  /**
   * At the heap limit of the main thread, take the last snapshot before the target goes on to its end: `closed` and `exited` have it, with
   * `atHeapLimit`. What a worker holds at its own limit is kept in every later snapshot, and `capture.atHeapLimit` names the worker. The Debugger
   * domain is on meanwhile. Not in object mode.
   */
  readonly onOom?: boolean;
  /** Take over if another tool is sampling this target. */
  readonly force?: boolean;
  /**
   * Object mode, and a heap snapshot for `whyBuffers`, are refused if the program may not have the memory for it, or would stand still for more than
   * 10 seconds at a time. `true` does it nevertheless.
   */
  readonly yes?: boolean;
  /** Gets one line that says what object mode, or a heap snapshot for `whyBuffers`, will cost the program, before it begins. */
  readonly onNotice?: (notice: string) => void;
}

export function tracebackLimitOf({ nframe = 1 }: StartOptions): number {
  if (Number.isInteger(nframe) && nframe >= 1 && nframe <= MAX_FRAMES) return nframe;
  throw new UsageError(`the number of frames must be in range [1; ${MAX_FRAMES}]`);
}

/** Mean bytes between two samples; null: nothing is sampled. */
export function intervalOf({ mode = 'sampling', interval }: StartOptions): number | null {
  switch (mode) {
    case 'sampling':
    case 'churn':
      if (interval !== undefined) checkInterval(interval);
      return interval ?? DEFAULT_INTERVAL;
    case 'exact':
      if (interval !== undefined && interval !== 1) throw new UsageError('exact mode samples every block; leave the interval out');
      return 1;
    case 'objects':
      if (interval !== undefined) throw new UsageError('object mode tracks every object; leave the interval out');
      return null;
    default:
      return assertNever(mode, 'mode');
  }
}

/**
 * Checks what can be checked without a target, so that a wrong option touches none.
 *
 * @throws UsageError
 */
export function checkStartOptions(options: StartOptions): void {
  const { mode, onOom, peak, labels = false } = options;
  labelChoiceOf(labels);
  tracebackLimitOf(options);
  intervalOf(options);
  if (onOom && mode === 'objects') {
    throw new UsageError('object mode has no snapshot at the heap limit, where its heap snapshot does not fit; leave onOom out');
  }
  if (mode === 'churn' && onOom)
    throw new UsageError('churn mode tells what was allocated, not what fills the heap at its limit; leave onOom out');
  if (mode === 'churn' && peak) throw new UsageError('churn mode tells what was allocated, which has no peak; leave peak out');
}

/** @throws UnsupportedError if the Node version cannot keep samples of dead blocks; 18 ignores the request, and would show what lives */
export function checkVersion({ mode }: StartOptions, nodeVersion: string | null): void {
  if (mode !== 'churn' || !(nodeMajor(nodeVersion) < 20)) return;
  throw new UnsupportedError(
    `churn mode needs Node 20 or later, and the target runs ${nodeVersion}, which forgets what was freed; use sampling mode`,
  );
}

/** @throws UnsupportedError for what a process cannot do to itself */
export function checkOwnProcess({ mode, onOom }: StartOptions): void {
  if (onOom) throw new UnsupportedError('a process cannot pause itself at its heap limit; attach to it from another process');
  if (mode === 'objects') {
    throw new UnsupportedError(
      'a process cannot track its own objects safely, its JavaScript is on the stack; attach to it from another process',
    );
  }
}
