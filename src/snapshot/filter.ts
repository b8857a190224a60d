import { UsageError } from '../errors.js';
import { normalizeCase } from '../text/fnmatch.js';
import { checkDomain } from './statistics/column-keys.js';

export interface FilterOptions {
  /** 1-based; if left out, any line matches. */
  readonly lineno?: number;
  /** Match every frame of a traceback, not only the most recent one. Default false. */
  readonly allFrames?: boolean;
  /** If left out, any domain matches. */
  readonly domain?: number;
}

/**
 * Matches traces by file, line and domain; tracemalloc's Filter. The pattern is one of `fnmatch`: `*` (also matches slashes), `?`, `[seq]`,
 * `[!seq]`. An exclusive filter with a domain drops only traces of that domain, as CPython's code does. A filter never changes.
 */
export class Filter {
  /** true: keep what matches; false: drop it. */
  readonly inclusive: boolean;
  /** As given, but normalized to the case and separators of the platform. */
  readonly filenamePattern: string;
  readonly lineno: number | null;
  readonly allFrames: boolean;
  readonly domain: number | null;

  /** @throws UsageError */
  constructor(inclusive: boolean, filenamePattern: string, { lineno, allFrames = false, domain }: FilterOptions = {}) {
    checkInclusive(inclusive);
    if (typeof filenamePattern !== 'string') throw new UsageError(`filenamePattern must be a string, not ${typeof filenamePattern}`);
    if (lineno !== undefined && !Number.isInteger(lineno)) throw new UsageError(`lineno must be an integer, not ${String(lineno)}`);
    if (domain !== undefined) checkDomain(domain);
    this.inclusive = inclusive;
    this.filenamePattern = normalizeCase(filenamePattern);
    this.lineno = lineno ?? null;
    this.allFrames = allFrames;
    this.domain = domain ?? null;
    Object.freeze(this);
  }
}

/** Matches traces by domain; tracemalloc's DomainFilter. */
export class DomainFilter {
  /** true: keep the domain; false: drop it. */
  readonly inclusive: boolean;
  readonly domain: number;

  /** @throws UsageError */
  constructor(inclusive: boolean, domain: number) {
    checkInclusive(inclusive);
    checkDomain(domain);
    this.inclusive = inclusive;
    this.domain = domain;
    Object.freeze(this);
  }
}

/** Matches traces by thread: `main`, `worker 3 (name)`. The pattern is one of `fnmatch`, as in Filter. */
export class ThreadFilter {
  /** true: keep the threads that match; false: drop them. */
  readonly inclusive: boolean;
  readonly threadPattern: string;

  /** @throws UsageError */
  constructor(inclusive: boolean, threadPattern: string) {
    checkInclusive(inclusive);
    if (typeof threadPattern !== 'string') throw new UsageError(`threadPattern must be a string, not ${typeof threadPattern}`);
    this.inclusive = inclusive;
    this.threadPattern = threadPattern;
    Object.freeze(this);
  }
}

/** Matches traces by label: `GET /users/:id`. A trace without a label has the name `(none)` here. The pattern is one of `fnmatch`, as in Filter. */
export class LabelFilter {
  /** true: keep the labels that match; false: drop them. */
  readonly inclusive: boolean;
  readonly labelPattern: string;

  /** @throws UsageError */
  constructor(inclusive: boolean, labelPattern: string) {
    checkInclusive(inclusive);
    if (typeof labelPattern !== 'string') throw new UsageError(`labelPattern must be a string, not ${typeof labelPattern}`);
    this.inclusive = inclusive;
    this.labelPattern = labelPattern;
    Object.freeze(this);
  }
}

export type AnyFilter = Filter | DomainFilter | ThreadFilter | LabelFilter;

const FILTERS = [Filter, DomainFilter, ThreadFilter, LabelFilter];

function checkInclusive(inclusive: unknown): void {
  if (typeof inclusive !== 'boolean') throw new UsageError(`inclusive must be true or false, not ${String(inclusive)}`);
}

/** @throws UsageError if `filters` is no list of filters; the message is CPython's if there is one */
export function checkFilters(filters: unknown): readonly AnyFilter[] {
  const isIterable = typeof filters === 'object' && filters !== null && Symbol.iterator in filters;
  if (!isIterable) throw new UsageError(`filters must be a list of filters, not ${typeName(filters)}`);
  return [...(filters as Iterable<unknown>)].map((filter) => {
    if (FILTERS.some((kind) => filter instanceof kind)) return filter as AnyFilter;
    throw new UsageError(`filters must hold Filter, DomainFilter, ThreadFilter and LabelFilter objects, not ${typeName(filter)}`);
  });
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
}
