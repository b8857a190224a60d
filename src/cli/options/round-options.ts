import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { duration, period } from './option-values.js';

/** Options that say when the snapshots of one tracing are taken. All times are in ms. */
export interface RoundValues {
  readonly duration?: number;
  readonly diff: boolean;
  readonly warmup?: number;
  readonly every?: number;
}

export interface Timetable {
  /** ms from the start to the first round. */
  readonly warmupMs: number;
  /** ms from the end of one round to the start of the next. */
  readonly everyMs: number;
  /** ms from the first round to the last. */
  readonly durationMs: number;
}

const DEFAULT_DURATION_MS = 30_000;
const DEFAULT_WARMUP_MS = 30_000;
/** With --every and no --duration: five rounds. */
const DEFAULT_PERIODS = 4;

export function addRoundOptions(command: Command): Command {
  return command
    .option(
      '--duration <time>',
      'how long to trace (default: 30s; with --every four periods; with --on-oom until the program ends)',
      duration,
    )
    .option('--diff', 'print what grew: take a first snapshot after --warmup, and compare the last one with it', false)
    .option('--every <time>', 'take a snapshot every so often (30s, 5m), and print what changed since the one before, and in all', period)
    .option(
      '--warmup <time>',
      'with --diff or --every: how long to trace before the first snapshot (default: 30s, or one period)',
      duration,
    );
}

/** Call it before the work begins. @throws UsageError for options that do not go together */
export function checkRoundOptions(values: RoundValues): void {
  if (values.warmup !== undefined && !hasRounds(values))
    throw new UsageError('--warmup comes before the first of several snapshots: it needs --diff or --every');
}

/** Whether several snapshots are to be taken and compared. */
export function hasRounds({ diff, every }: RoundValues): boolean {
  return diff || every !== undefined;
}

/** With --on-oom and no --duration we trace until the program ends. Without rounds only `durationMs` matters. */
export function timetableOf({ duration: durationMs, every, warmup }: RoundValues, { onOom }: { readonly onOom: boolean }): Timetable {
  const usual = onOom ? Number.POSITIVE_INFINITY : every === undefined ? DEFAULT_DURATION_MS : DEFAULT_PERIODS * every;
  return {
    warmupMs: warmup ?? every ?? DEFAULT_WARMUP_MS,
    everyMs: every ?? Number.POSITIVE_INFINITY,
    durationMs: durationMs ?? usual,
  };
}
