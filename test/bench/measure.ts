import { readFileSync } from 'node:fs';

/** Something to time: does its work once and tells how many milliseconds it took, by its own clock if it runs elsewhere. */
export type Measured = () => number | Promise<number>;

/** Milliseconds of one call. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Medians of all candidates, each measured in turn in every round: what disturbs the machine for a while disturbs all of them.
 *
 * @param rounds measured rounds; one more before them is thrown away
 */
export async function interleavedMedians<Name extends string>(
  candidates: Readonly<Record<Name, Measured>>,
  rounds: number,
): Promise<Record<Name, number>> {
  const names = Object.keys(candidates) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const time = await candidates[name]();
      if (round >= 0) times.get(name)!.push(time);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name)!)])) as Record<Name, number>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Columns padded to their widest cell; all but the first one to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '));
}

/** Bytes at most that this process has had. Linux's maxRSS begins with that of the process that started this one; its VmHWM does not. */
export function peakRss(): number {
  const highest = process.platform === 'linux' ? /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] : undefined;
  return Number(highest ?? process.resourceUsage().maxRSS) * 1024;
}
