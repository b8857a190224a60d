import { readFileSync } from 'node:fs';

/** Does its work once, and returns the time in ms. Work in another process is timed there. */
export type Measured = () => number | Promise<number>;

/** The time of one call, in ms. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Medians of all candidates. Every round measures each of them in turn, so that a temporary load of the machine disturbs all of them.
 *
 * @param rounds measured rounds; one more round before them is not counted
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

/** Prints columns as wide as their widest cell. All but the first one are right-aligned. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '));
}

/** Of a process, so far. Linux counts in hundredths of a second. */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The highest memory of this process, in bytes. On Linux, maxRSS includes that of the parent process, but VmHWM does not. */
export function peakRss(): number {
  const highest = process.platform === 'linux' ? /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] : undefined;
  return Number(highest ?? process.resourceUsage().maxRSS) * 1024;
}
