import { UsageError } from '../../errors.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import type { TraceColumns } from '../../model/trace-columns.js';
import type { ColumnKeyType } from './key-type.js';
import { sumsOf } from './remembered-sums.js';

/** The bucket of each trace, and the names of the buckets. */
export interface ColumnBuckets {
  readonly column: ColumnKeyType;
  /** By trace. Made on access, because sums that are already known do not need it. */
  readonly bucketOf: Uint32Array;
  readonly names: readonly string[];
}

const UNKNOWN_TYPE = '<unknown>';
const UNLABELLED = '(none)';

/** By key: gives the buckets of a snapshot, or one name if all traces are in one bucket. */
export const COLUMN_KEYS: Readonly<Record<ColumnKeyType, (parts: SnapshotParts) => ColumnBuckets | string>> = {
  domain: ({ columns }) => (columns.domain ? domainBuckets(columns, columns.domain) : domainName(0)),
  thread: ({ columns: { thread }, threads }) => (thread ? widened('thread', thread, threads) : threads[0]!),
  type: ({ columns: { type }, types }) => (type ? { column: 'type', bucketOf: type, names: types.map(typeName) } : UNKNOWN_TYPE),
  label: ({ columns: { label }, labels }) => (label ? widened('label', label, labels.map(labelName)) : UNLABELLED),
};

/** Whether labels were off. */
export function lacksLabels({ columns, capture }: Pick<SnapshotParts, 'columns' | 'capture'>): boolean {
  return columns.label === null && !capture.labels;
}

/** The name of a type for people. */
export function typeName(type: string): string {
  return type || UNKNOWN_TYPE;
}

/** The name of a label for people. */
export function labelName(label: string): string {
  return label || UNLABELLED;
}

function widened(column: ColumnKeyType, values: Uint16Array, names: readonly string[]): ColumnBuckets {
  return {
    column,
    // A copy, because the summing loop is fast only if it always gets the same type of array.
    get bucketOf() {
      return new Uint32Array(values);
    },
    names,
  };
}

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

/** The name of a domain for people. It begins with the number, so that filters can use that. */
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

/** @throws UsageError if the value cannot be a domain */
export function checkDomain(domain: number): void {
  if (!Number.isInteger(domain) || domain < 0 || domain > 0xffffffff)
    throw new UsageError(`domain must be an integer from 0 to 4294967295, not ${String(domain)}`);
}
