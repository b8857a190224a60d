import { UsageError } from '../errors.js';
import { listed } from '../text/listing.js';

/** A name with more typing errors than this share of its letters is another name. */
const MOST_ERRORS = 0.5;
const MOST_NAMES = 3;

/** @param kind `service`, `release of api` */
export function unknownName(kind: string, name: string, known: readonly string[]): UsageError {
  if (known.length === 0) return new UsageError(`there is no ${kind} ${quoted(name)}: the store has no profiles of any; push some first`);
  const near = nearestNames(name, known);
  const hint =
    near.length > 0 ? `do you mean ${listed(near.map(quoted), 'or')}?` : `there are ${listed([...known].sort().map(quoted), 'and')}`;
  return new UsageError(`there is no ${kind} ${quoted(name)}; ${hint}`);
}

/** The names that are like this one, the most alike first. */
function nearestNames(name: string, known: readonly string[]): string[] {
  const isPart = (one: string) => name !== '' && (one.includes(name) || name.includes(one)) && one !== '';
  return known
    .map((one) => ({ one, distance: isPart(one) ? 0 : distanceOf(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, distance }) => distance <= MOST_ERRORS * Math.max(name.length, one.length))
    .sort((a, b) => a.distance - b.distance || (a.one < b.one ? -1 : 1))
    .slice(0, MOST_NAMES)
    .map(({ one }) => one);
}

/** Levenshtein's distance: how many letters to add, remove or replace. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + Number(from[i - 1] !== to[j - 1])));
    row = next;
  }
  return row[to.length]!;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
