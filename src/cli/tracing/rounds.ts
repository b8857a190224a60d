import { ConnectionLostError } from '../../errors.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import { type Console, errorLine, writeLines } from '../console/console.js';
import type { Timetable } from '../options/round-options.js';
import type { Pause } from './pause.js';

/** One of several snapshots of one tracing. */
export interface Round {
  /** Counts from 1. */
  readonly number: number;
  readonly snapshot: Snapshot;
}

/** Waits until a round is due. @returns false if no further one is to be taken */
export type RoundDue = (number: number) => Promise<boolean>;

interface Taking {
  readonly due: RoundDue;
  readonly onRound: (round: Round) => void;
  readonly console: Console;
  /** After so many failures in a row the next one is thrown; without a limit if `due` comes to an end by itself. */
  readonly mostFailures?: number;
}

/** Takes a snapshot whenever one is due. If one fails, the user is told and the next one is taken. */
export async function takeRounds(
  target: Pick<Tracer, 'takeSnapshot' | 'isTracing'>,
  { due, onRound, console: { err, progress }, mostFailures = Number.POSITIVE_INFINITY }: Taking,
): Promise<void> {
  let failures = 0; // in a row
  for (let number = 1; await due(number); ) {
    try {
      const snapshot = await target.takeSnapshot();
      onRound({ number, snapshot });
      progress?.(`round ${number} is taken`);
      number++;
      failures = 0;
    } catch (error) {
      if (error instanceof ConnectionLostError || !target.isTracing()) return; // the target is gone, which the command reports
      if (++failures > mostFailures) throw error;
      writeLines(err, [`a round failed, the next one comes: ${errorLine(error)}`]);
    }
  }
}

/** The rounds of a timetable but the last one, so that the caller can take that in its own way. */
export function dueByTime({ warmupMs, everyMs, durationMs }: Timetable, pause: Pause): RoundDue {
  let end: number | null = null;
  return async (number) => {
    if (number === 1 && end === null) return await pause(warmupMs, 'the first round');
    end ??= performance.now() + durationMs;
    const left = end - performance.now();
    if (everyMs < left) return await pause(everyMs, `round ${number}`);
    await pause(left, 'the last round');
    return false;
  };
}
