import { basename } from 'node:path';
import type { Snapshot } from '../../src/snapshot/snapshot.js';
import { launch } from '../../src/tracing/launch/launch.js';
import { repoPath } from './paths.js';
import { reapLater } from './target-process.js';

export interface KnownRun {
  readonly execPath: string;
  /** The folder in fixtures/counts with the kinds of objects to make. */
  readonly set: string;
  readonly seed: number;
  /** Of all kinds together. */
  readonly items: number;
  readonly inlining?: boolean;
}

/** A kind of objects that has samples. */
export interface KnownRow {
  readonly count: number;
  readonly error: number;
  /** The true number of blocks. */
  readonly made: number;
}

export interface KnownCounts {
  readonly snapshot: Snapshot;
  readonly rows: readonly KnownRow[];
  /** The blocks of all kinds, with samples or without. */
  readonly made: number;
}

/** Traces a program that makes known numbers of blocks, to its end. Reaps it through `reapTargets`. */
export async function countKnown({ execPath, set, seed, items, inlining = true }: KnownRun): Promise<KnownCounts> {
  const args = [repoPath('fixtures', 'counts', set), `${seed}`, `${items}`];
  const tracer = await launch(repoPath('fixtures', 'counts', 'known.cjs'), {
    execPath,
    args,
    inlining,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  reapLater(() => tracer.kill('SIGKILL'));
  const chunks: Buffer[] = [];
  tracer.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  await tracer.start({ inlining });
  const { snapshot, error } = await tracer.exited;
  if (!snapshot) throw new Error(`${set} could not be traced`, { cause: error });
  const truth = new Map(Object.entries<number>(JSON.parse(Buffer.concat(chunks).toString())));
  const rows = snapshot.statistics('filename').map(({ count, countStandardError: error, traceback }) => {
    return { count, error, made: truth.get(basename(traceback.at(-1)!.filename)) ?? 0 };
  });
  return { snapshot, rows: rows.filter(({ made }) => made > 0), made: [...truth.values()].reduce((sum, made) => sum + made, 0) };
}

/** The share of rows whose true count is within so many standard errors. */
export function shareWithin(errors: number, rows: readonly KnownRow[]): number {
  return rows.filter(({ count, error, made }) => Math.abs(count - made) <= errors * error).length / rows.length;
}
