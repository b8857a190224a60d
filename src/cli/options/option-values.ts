import { InvalidArgumentError } from 'commander';
import { parseSize } from '../../text/size-parse.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** @param text `30s`, `500ms`, `2m`, `1h`, or a number of seconds @returns ms @throws InvalidArgumentError */
export function duration(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('Write it as 30s, 500ms, 2m or 1h.');
  const ms = Number(amount) * UNITS[unit]!;
  if (ms > 0x7fff_ffff) throw new InvalidArgumentError('At most 24 days.'); // setTimeout takes no more
  return ms;
}

const SHORTEST_PERIOD_MS = 100;

/** The time between two snapshots, in ms. It has a minimum, because each snapshot stops the target for a moment. */
export function period(text: string): number {
  const ms = duration(text);
  if (ms < SHORTEST_PERIOD_MS) throw new InvalidArgumentError(`At least ${SHORTEST_PERIOD_MS}ms.`);
  return ms;
}

export function positiveInteger(text: string): number {
  if (!isPositiveInteger(text)) throw new InvalidArgumentError('It must be a whole number of at least 1.');
  return Number(text);
}

/** @returns Infinity for `all` */
export function rowCount(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (!isPositiveInteger(text)) throw new InvalidArgumentError('It must be a whole number of at least 1, or all.');
  return Number(text);
}

function isPositiveInteger(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number.isSafeInteger(Number(text));
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** @returns bytes */
export function size(text: string): number {
  const bytes = parseSize(text);
  if (bytes === null) throw new InvalidArgumentError('Write it as 24MiB, 1.5GiB, 500kB, or a number of bytes.');
  return bytes;
}

export function percentage(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) > 100) throw new InvalidArgumentError('It must be a number from 0 to 100.');
  return Number(text);
}

/** Collects the values of an option that may be given several times. */
export function collected(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
