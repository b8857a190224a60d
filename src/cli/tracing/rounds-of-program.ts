import { printable } from '../../text/printable.js';
import type { Exit, LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import type { StartOptions } from '../../tracing/tracer/start-options.js';
import { type Console, errorLine, writeLines } from '../console/console.js';
import type { LaunchValues } from '../options/launch-options.js';
import { launchProgram, startOrKill } from './launched-program.js';
import type { LeakRounds } from './leak-rounds.js';
import { launchPassingSignals, type PassedSignals } from './passed-signals.js';
import { type RoundSource, takeRoundsUntilEnough } from './rounds-of-process.js';

/** How long a program may take to end after SIGTERM. */
const LONGEST_END_MS = 5000;

interface Launched {
  /** The script and its arguments. */
  readonly program: readonly string[];
  readonly values: LaunchValues;
  readonly start: StartOptions;
  /** null: a round ends at each `debugger` statement that the program passes. */
  readonly source: RoundSource | null;
  readonly console: Console;
}

/** Starts a program and takes its rounds. Ends the program if it has not ended by then. @returns what there is to say about its end */
export async function takeRoundsOfProgram(rounds: LeakRounds, launched: Launched): Promise<string[]> {
  const { program, values, start, source, console } = launched;
  const [file = '', ...args] = program;
  let interrupt = () => {};
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  const { launching, signals, stopListening } = launchPassingSignals(
    () => launchProgram({ file, args, isCommand: false }, { values, console }),
    interrupt,
  );
  try {
    const tracer = await launching;
    const marked = source === null ? marksOf(tracer, { rounds, interrupted, console }) : null;
    await startOrKill(tracer, start).catch((error: unknown) => {
      if (!signals.any) throw error;
    });
    try {
      if (source === null) await marked;
      else await takeRoundsUntilEnough(tracer, { rounds, source, label: printable(program[0]!), interrupted, console });
    } finally {
      await endProgram(tracer, signals);
    }
    return endingOf(await tracer.exited, { isWhole: rounds.isComplete || signals.any, byMarks: source === null, rounds });
  } finally {
    stopListening();
  }
}

interface Marking {
  readonly rounds: LeakRounds;
  readonly interrupted: Promise<void>;
  readonly console: Console;
}

/** Takes a round at each `debugger` statement. Resolves if there are enough, the user interrupts, or the program has ended. */
function marksOf(tracer: LaunchedTracer, { rounds, interrupted, console: { err } }: Marking): Promise<unknown> {
  const enough = new Promise<void>((resolve) => {
    tracer.onMark(async (label) => {
      if (rounds.isComplete) return;
      try {
        rounds.add(await tracer.takeSnapshot());
        writeLines(err, [`round ${rounds.length} at ${printable(label)}`]);
      } catch (error) {
        writeLines(err, [`the mark at ${printable(label)} is no round: ${errorLine(error)}`]);
      }
      if (rounds.isComplete) resolve();
    });
  });
  return Promise.race([enough, interrupted, tracer.closed]);
}

/** Ends the program unless it has ended, or the user's signal is about to end it. */
async function endProgram(tracer: LaunchedTracer, signals: PassedSignals): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<true>((resolve) => {
    timer = setTimeout(() => resolve(true), LONGEST_END_MS);
  });
  if (tracer.isTracing() && !signals.any) await tracer.kill('SIGTERM', { atOnce: true });
  const isLate = await Promise.race([tracer.exited, late]);
  clearTimeout(timer);
  if (isLate === true) await tracer.kill('SIGKILL', { atOnce: true, group: true });
  await tracer.exited;
}

interface Ended {
  /** Nothing more was wanted of the program. */
  readonly isWhole: boolean;
  readonly byMarks: boolean;
  readonly rounds: LeakRounds;
}

function endingOf({ code, signal, error }: Exit, { isWhole, byMarks, rounds }: Ended): string[] {
  if (isWhole) return [];
  if (rounds.length === 0) {
    if (error != null) return [errorLine(error)];
    if (byMarks) return ['the program passed no debugger statement: write one at the end of each round, or give --every or --each'];
  }
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const isItsWay = code === 0 && byMarks;
  return isItsWay ? [] : [`the program has ended ${how}: the verdict is that of the rounds so far`];
}
