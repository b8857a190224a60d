import { LaunchError } from '../../errors.js';
import type { StartOptions } from '../../tracing/tracer/start-options.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import type { Console } from '../console/console.js';
import { firstInterruption } from '../console/interruption.js';
import type { Target } from '../options/target-argument.js';
import type { LeakRounds } from './leak-rounds.js';
import { pausesOf } from './pause.js';
import { runRoundCommand } from './round-command.js';
import { takeRounds } from './rounds.js';
import { whileTracing } from './while-tracing.js';

/** What a round is: a run of the command, or a time. */
export interface RoundSource {
  readonly each: string | undefined;
  readonly everyMs: number;
  /** How long the command may take. */
  readonly timeoutMs: number;
}

/** A command of the user is run for each round, also for one that fails, so that they must come to an end. */
const MOST_FAILURES = 2;

interface Taking {
  readonly rounds: LeakRounds;
  readonly source: RoundSource;
  /** Names the target. */
  readonly label: string;
  readonly interrupted: Promise<void>;
  readonly console: Console;
}

/** Takes rounds until there are enough, the user interrupts, or the target is gone. @throws LaunchError if the command of a round fails */
export async function takeRoundsUntilEnough(tracer: Tracer, { rounds, source, label, interrupted, console }: Taking): Promise<void> {
  const { each, everyMs, timeoutMs } = source;
  const over = Promise.race([interrupted, tracer.closed]);
  const pause = pausesOf(tracer, { label, interrupted, console });
  const due = async () => {
    if (rounds.isComplete) return false;
    if (each === undefined) return await pause(everyMs, `round ${rounds.length + 1} of ${rounds.wanted}`);
    try {
      return await runRoundCommand(each, { timeoutMs, over, console });
    } catch (error) {
      if (error instanceof LaunchError && !tracer.isTracing()) return false; // the target has ended, and so the command failed
      throw error;
    }
  };
  await takeRounds(tracer, { due, onRound: ({ snapshot }) => rounds.add(snapshot), console, mostFailures: MOST_FAILURES });
}

interface Attached {
  readonly target: Target;
  readonly start: StartOptions;
  readonly source: RoundSource;
  readonly console: Console;
}

/** Takes the rounds of a running process. @returns what there is to say about its end */
export async function takeRoundsOfProcess(rounds: LeakRounds, { target, start, source, console }: Attached): Promise<string[]> {
  const interruption = firstInterruption();
  try {
    const isThere = await whileTracing({ target: target.target, start, console }, async (tracer) => {
      await takeRoundsUntilEnough(tracer, { rounds, source, label: target.label, interrupted: interruption.came, console });
      return tracer.isTracing();
    });
    return isThere ? [] : ['the program has ended: the verdict is that of the rounds so far'];
  } finally {
    interruption.ignore();
  }
}
