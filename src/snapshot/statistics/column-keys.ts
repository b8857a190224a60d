import { UsageError } from '../../errors.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import type { ColumnKeyType } from './key-type.js';

/** Which bucket each trace falls into, and the bucket's name. */
export interface ColumnBuckets {
  readonly bucketOf: Uint32Array;
  readonly names: readonly string[];
}

const UNKNOWN_TYPE = '<unknown>';

export const COLUMN_KEYS: Readonly<Record<ColumnKeyType, (parts: SnapshotParts) => ColumnBuckets>> = {
  domain({ columns }) {
    const { ids, values } = distinctValues(columns.domain ?? new Uint32Array(columns.length));
    return { bucketOf: ids, names: values.map(domainName) };
  },
  thread: ({ columns, threads }) => ({ bucketOf: widened(columns.thread, columns.length), names: threads }),
  type: ({ columns, types }) => {
    if (!columns.type) return { bucketOf: new Uint32Array(columns.length), names: [UNKNOWN_TYPE] };
    return { bucketOf: columns.type, names: types.map((name) => name || UNKNOWN_TYPE) };
  },
};

/** The number comes first, so that the name can be looked up and read. */
export function domainName(domain: number): string {
  if (domain === 0) return 'domain 0 (JavaScript heap)';
  if (domain === 1) return 'domain 1 (ArrayBuffer backing stores)';
  return domain === 2 ? 'domain 2 (other memory outside of the heap)' : `domain ${domain}`;
}

/** The loop that sums is fast as long as it sees one kind of array. */
function widened(column: Uint16Array | null, length: number): Uint32Array {
  return column ? new Uint32Array(column) : new Uint32Array(length);
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
