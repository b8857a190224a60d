const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** A time for people, in the largest unit of which it has at least two: `90s`, `45m`, `3d`. */
export function formatDuration(seconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => seconds >= 2 * each) ?? UNITS[3];
  return `${Math.floor(seconds / length)}${unit}`;
}
