const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  ...Object.fromEntries(['k', 'm', 'g', 't'].flatMap((unit, i) => [`${unit}`, `${unit}ib`].map((name) => [name, 1024 ** (i + 1)]))),
  ...Object.fromEntries(['kb', 'mb', 'gb', 'tb'].map((name, i) => [name, 1000 ** (i + 1)])),
};

/** @param text `24 MiB`, `1.5g`, `500 kB`, or a number of bytes; kB, MB, GB and TB are powers of 1000, all others of 1024 @returns null if it is no size */
export function parseSize(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = unit === undefined ? undefined : FACTORS[unit.toLowerCase()];
  return amount === undefined || factor === undefined ? null : Number(amount) * factor;
}
