import { gather } from '../snapshot/apply-filters.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { partsOf } from './growth.js';
import type { Lifetimes } from './lifetimes.js';

/** @param pick keeps traces of a snapshot of all that ever lived, and may give them other places */
export function selectLifetimes(lifetimes: Lifetimes, pick: (all: Snapshot) => Snapshot): Lifetimes {
  const { columns, first, last, sourceMaps, original } = lifetimes;
  const numbered = { ...columns, birth: Float64Array.from(first, (_, row) => row) };
  const picked = pick(new Snapshot({ ...partsOf(lifetimes), columns: numbered, sourceMaps, original }));
  const rows = Uint32Array.from(picked.columns.birth!);
  return {
    ...lifetimes,
    table: picked.table,
    sourceMaps: picked.sourceMaps,
    original: picked.original,
    columns: gather(columns, rows),
    first: rows.map((row) => first[row]!),
    last: rows.map((row) => last[row]!),
  };
}
