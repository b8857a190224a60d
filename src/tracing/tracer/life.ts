/**
 * Where a tracer stands.
 *
 * - `idle`: nothing is traced.
 * - `tracing`: a run is traced.
 * - `suspended`: the main thread is not traced for a moment, to see whether only the tracing keeps the program from its end.
 * - `ending`: the program has come to its end and waits until we leave.
 * - `closed`: the connection is over, whoever ended it.
 */
export type LifeState = 'idle' | 'tracing' | 'suspended' | 'ending' | 'closed';

/** The life of a tracer at one moment. A `Run` is one tracing, from a start to its stop. */
export interface Life<Run> {
  readonly state: LifeState;
  /** What is traced; null if nothing is. A lost connection keeps it, so that a call says what was lost. */
  readonly run: Run | null;
  /** A run that was ended without restoring anything, because the program seemed to be at its end. null if there is none. */
  readonly abandoned: Run | null;
  /** The program has told us that it is at its end. */
  readonly hasSeenEnd: boolean;
}

type LifeEvent = 'start' | 'suspend' | 'resume' | 'stop' | 'abandon' | 'end' | 'close';

export const IDLE: Life<never> = { state: 'idle', run: null, abandoned: null, hasSeenEnd: false };

/** The end of the program, or of the connection, can come in the middle of any other step. That step then leaves the state as it is. */
const NEXT: Readonly<Record<LifeState, Partial<Record<LifeEvent, LifeState>>>> = {
  idle: { start: 'tracing', stop: 'idle', end: 'ending', close: 'closed' },
  tracing: { suspend: 'suspended', stop: 'idle', end: 'ending', close: 'closed' },
  suspended: { resume: 'tracing', stop: 'idle', abandon: 'idle', end: 'ending', close: 'closed' },
  ending: { start: 'ending', suspend: 'ending', resume: 'ending', stop: 'ending', abandon: 'ending', end: 'ending', close: 'closed' },
  closed: { start: 'closed', suspend: 'closed', resume: 'closed', stop: 'closed', abandon: 'closed', end: 'closed', close: 'closed' },
};

/** Steps of a run that is traced. */
const STEPS_OF_RUN: readonly LifeEvent[] = ['suspend', 'resume', 'abandon'];

function next<Run>(life: Life<Run>, event: LifeEvent, change: Partial<Life<Run>> = {}): Life<Run> {
  const fitsRun = life.run === null ? !STEPS_OF_RUN.includes(event) : event !== 'start';
  const state = NEXT[life.state][event];
  if (!fitsRun || state === undefined) throw new Error(`a tracer that is ${life.state} cannot ${event}`);
  return { ...life, ...change, state };
}

/** `run` is traced from now on. */
export function started<Run>(life: Life<Run>, run: Run): Life<Run> {
  return next(life, 'start', { run });
}

/** The main thread is not traced until the run is resumed. */
export function suspended<Run>(life: Life<Run>): Life<Run> {
  return next(life, 'suspend');
}

export function resumed<Run>(life: Life<Run>): Life<Run> {
  return next(life, 'resume');
}

/** Nothing is traced any more, even if the stop fails halfway. */
export function stopped<Run>(life: Life<Run>): Life<Run> {
  return next(life, 'stop', { run: null });
}

/** Nothing is traced any more, and what the run has changed in the program stays for now. */
export function abandoned<Run>(life: Life<Run>): Life<Run> {
  return next(life, 'abandon', { run: null, abandoned: life.run });
}

/** The program has come to its end. */
export function ending<Run>(life: Life<Run>): Life<Run> {
  return next(life, 'end', { hasSeenEnd: true });
}

/** The connection is over. */
export function closed<Run>(life: Life<Run>): Life<Run> {
  return next(life, 'close');
}
