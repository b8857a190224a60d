import { basename } from 'node:path';
import { printable } from '../../text/printable.js';
import type { Exit, LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import type { StartOptions } from '../../tracing/tracer/start-options.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import { type Console, errorLine, writeLines } from '../console/console.js';
import type { LaunchValues } from '../options/launch-options.js';
import { type CommandProcess, CommandProcesses, nameOf } from './command-processes.js';
import { launchProgram, startOrKill } from './launched-program.js';
import type { LeakRounds } from './leak-rounds.js';
import { launchPassingSignals, type PassedSignals } from './passed-signals.js';
import { type RoundSource, takeRoundsUntilEnough } from './rounds-of-process.js';
import type { WhatToRun } from './what-to-run.js';

/** How long a program may take to end after SIGTERM, and a command after its program. */
const LONGEST_END_MS = 5000;

interface Launched {
  readonly program: WhatToRun;
  readonly values: LaunchValues;
  readonly start: StartOptions;
  /** null: a round ends at each `debugger` statement that the program passes. */
  readonly source: RoundSource | null;
  readonly console: Console;
}

/**
 * Starts a program and takes its rounds; of a command those of its first Node process that does not only start others. Ends the program if it has not
 * ended by then.
 *
 * @returns what there is to say about its end
 */
export async function takeRoundsOfProgram(rounds: LeakRounds, launched: Launched): Promise<string[]> {
  const { program, values, start, source, console } = launched;
  const beforeStart = new AbortController();
  let interrupt = () => {};
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  const { launching, signals, stopListening } = launchPassingSignals(
    () => launchProgram(program, { values: { ...values, follow: program.isCommand }, console, signal: beforeStart.signal }),
    () => {
      beforeStart.abort();
      interrupt();
    },
  );
  try {
    const tracer = await launching;
    const processes = program.isCommand ? new CommandProcesses(tracer, program) : null;
    const taking = { rounds, processes, interrupted, console };
    const marked = source === null ? takeMarks(tracer, taking) : null;
    await startOrKill(tracer, start).catch((error: unknown) => {
      if (!signals.any) throw error;
    });
    let taken: CommandProcess | null;
    try {
      taken = source === null ? await marked : await takeTimes(tracer, { ...taking, source, label: printable(basename(program.file)) });
    } finally {
      await endProgram(tracer, { signals, group: program.isCommand });
    }
    const ending = endingOf(await tracer.exited, { isWhole: rounds.isComplete || signals.any, byMarks: source === null, rounds });
    return [...ending, ...(processes?.besides(taken) ?? [])];
  } finally {
    stopListening();
  }
}

interface Taking {
  readonly rounds: LeakRounds;
  /** null: the program is one process. */
  readonly processes: CommandProcesses | null;
  readonly interrupted: Promise<void>;
  readonly console: Console;
}

interface TakingTimes extends Taking {
  readonly source: RoundSource;
  readonly label: string;
}

/** @returns the process of a command whose rounds were taken last */
async function takeTimes(tracer: LaunchedTracer, { processes, label, ...taking }: TakingTimes): Promise<CommandProcess | null> {
  const { rounds, interrupted, console } = taking;
  if (processes === null) {
    await takeRoundsUntilEnough(tracer, { ...taking, label });
    return null;
  }
  let isInterrupted = false;
  const over = Promise.race([interrupted.then(() => (isInterrupted = true)), tracer.exited]);
  for (let taken: CommandProcess | null = null; ; ) {
    const process = rounds.isComplete || isInterrupted ? null : await processes.next(over);
    if (process === null) return taken;
    taken = process;
    writeLines(console.err, [`taking the rounds of ${nameOf(process)}`]);
    const given = Promise.race([interrupted, processes.onlyStarts(process)]);
    await takeRoundsUntilEnough(process.tracer, { ...taking, interrupted: given, label: nameOf(process) });
  }
}

/**
 * Takes a round at each `debugger` statement; of a command those of the first process that passes one. Resolves if there are enough, the user
 * interrupts, or the program has ended.
 *
 * @returns the process of a command that passed them
 */
async function takeMarks(
  tracer: LaunchedTracer,
  { rounds, processes, interrupted, console: { err } }: Taking,
): Promise<CommandProcess | null> {
  let taken: CommandProcess | null = null;
  let finish = () => {};
  const over = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const watch = (one: Tracer, process: CommandProcess | null) =>
    one.onMark(async (label) => {
      taken ??= process;
      if (rounds.isComplete || taken !== process) return;
      // What has started it may still say how it ended, or goes on.
      if (process !== null) void one.closed.then(() => hasEnded(tracer)).then(finish);
      try {
        rounds.add(await one.takeSnapshot());
        writeLines(err, [`round ${rounds.length} at ${printable(label)}`]);
      } catch (error) {
        writeLines(err, [`the mark at ${printable(label)} is no round: ${errorLine(error)}`]);
      }
      if (rounds.isComplete) finish();
    });
  if (processes === null) watch(tracer, null);
  else processes.each((process) => watch(process.tracer, process));
  await Promise.race([over, interrupted, processes === null ? tracer.closed : tracer.exited]);
  return taken;
}

interface Ending {
  readonly signals: PassedSignals;
  /** All that a command has started gets the signal: a shell passes none on. */
  readonly group: boolean;
}

/** Ends the program unless it has ended, or the user's signal is about to end it. */
async function endProgram(tracer: LaunchedTracer, { signals, group }: Ending): Promise<void> {
  if ((group || tracer.isTracing()) && !signals.any) await tracer.kill('SIGTERM', { atOnce: true, group });
  if (!(await hasEnded(tracer))) await tracer.kill('SIGKILL', { atOnce: true, group: true });
  if (group) await Promise.all([tracer.leaveProcesses(), tracer.close()]); // what runs on in a group of its own
  await tracer.exited;
}

/** Whether a program ends in the time that it may take. */
async function hasEnded({ exited }: LaunchedTracer): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), LONGEST_END_MS);
  });
  const isInTime = await Promise.race([exited.then(() => true), late]);
  clearTimeout(timer);
  return isInTime;
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
