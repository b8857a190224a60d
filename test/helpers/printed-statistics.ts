const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2 };

/** A line printed by a Statistic or a StatisticDiff. */
export interface PrintedStatistic {
  /** `ex1.mjs:7`, without the folder. */
  readonly place: string;
  /** Bytes, with the precision of the printed digits. */
  readonly size: number;
  readonly count: number;
  readonly sizeDiff: string | undefined;
}

/** The statistics that a program has printed between two headings. */
export function printedStatistics(output: string, from: string, to?: string): PrintedStatistic[] {
  const start = output.indexOf(from);
  if (start === -1) throw new Error(`the output has no '${from}':\n${output}`);
  const section = output.slice(start, to === undefined ? undefined : output.indexOf(to, start + from.length));
  const pattern = /^(.+): size=([\d.]+) (\w+)(?: \(([^)]+)\))?, count=(\d+)/gm;
  return [...section.matchAll(pattern)].map(([, place, size, unit, sizeDiff, count]) => ({
    place: place!.split('/').at(-1)!,
    size: Number(size) * UNITS[unit!]!,
    count: Number(count),
    sizeDiff,
  }));
}
