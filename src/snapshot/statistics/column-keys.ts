import { UsageError } from '../../errors.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import type { TraceColumns } from '../../model/trace-columns.js';
import type { ColumnKeyType } from './key-type.js';
import { sumsOf } from './remembered-sums.js';

/** Which bucket each trace falls into, and the bucket's name. */
export interface ColumnBuckets {
  readonly column: ColumnKeyType;
  /** By trace. Made when somebody asks: sums that are known do not need it. */
  readonly bucketOf: Uint32Array;
  readonly names: readonly string[];
}

const UNKNOWN_TYPE = '<unknown>';

/** By key the buckets, or the one name of all traces. */
export const COLUMN_KEYS: Readonly<Record<ColumnKeyType, (parts: SnapshotParts) => ColumnBuckets | string>> = {
  domain: ({ columns }) => (columns.domain ? domainBuckets(columns, columns.domain) : domainName(0)),
  thread({ columns: { thread }, threads }) {
    if (!thread) return threads[0]!;
    return {
      column: 'thread',
      // The loop that sums is fast as long as it sees one kind of array.
      get bucketOf() {
        return new Uint32Array(thread);
      },
      names: threads,
    };
  },
  type: ({ columns: { type }, types }) =>
    type ? { column: 'type', bucketOf: type, names: types.map((name) => name || UNKNOWN_TYPE) } : UNKNOWN_TYPE,
};

function domainBuckets(columns: TraceColumns, domain: Uint8Array | Uint32Array): ColumnBuckets {
  const sums = sumsOf(columns);
  const found = sums?.domains ? null : distinctValues(domain);
  const values = sums?.domains ?? found!.values;
  if (sums) sums.domains = values;
  return {
    column: 'domain',
    get bucketOf() {
      return found ? found.ids : distinctValues(domain).ids;
    },
    names: values.map(domainName),
  };
}

/** The number comes first, so that the name can be looked up and read. */
export function domainName(domain: number): string {
  if (domain === 0) return 'domain 0 (JavaScript heap)';
  if (domain === 1) return 'domain 1 (ArrayBuffer backing stores)';
  return domain === 2 ? 'domain 2 (other memory outside of the heap)' : `domain ${domain}`;
}

function distinctValues(column: Uint8Array | Uint32Array): { ids: Uint32Array; values: number[] } {
  const ids = new Uint32Array(column.length);
  const values: number[] = [];
  const known = new Map<number, number>();
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    let id = known.get(value);
    if (id === undefined) {
      id = values.push(value) - 1;
      known.set(value, id);
    }
    ids[i] = id;
  }
  return { ids, values };
}

/** @throws UsageError for what cannot be a domain */
export function checkDomain(domain: number): void {
  if (!Number.isInteger(domain) || domain < 0 || domain > 0xffffffff)
    throw new UsageError(`domain must be an integer from 0 to 4294967295, not ${String(domain)}`);
}
