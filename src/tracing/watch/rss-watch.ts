import { memoryAllowance } from '../../discovery/memory-allowance.js';
import { hasProc, readProc } from '../../discovery/proc.js';
import { UnsupportedError, UsageError } from '../../errors.js';
import { formatSize } from '../../text/size-format.js';
import { parseSize } from '../../text/size-parse.js';

/** Resident memory, in bytes, that has passed a limit. */
export interface RssReading {
  readonly rss: number;
  /** The limit, or the highest tenth of it above the limit that was passed. */
  readonly passed: number;
}

/** Gets each reading that passes the limit, and further tenths of it. */
export type RssListener = (reading: RssReading) => void;

export interface RssWatch {
  /** Bytes. */
  readonly limit: number;
  /** Says what the limit is, for people: `340 MiB (85 % of the 400 MiB that its control group allows)`. */
  readonly text: string;
  stop(): void;
}

const POLL_MS = 100;
const STEPS = 10;

/** A limit: bytes, a size (`400MiB`), or a share of what the process may have (`85%`). */
export type RssLimit = number | string;

/** @throws UsageError if it is none of these */
export function checkRssLimit(limit: RssLimit): void {
  if (parseLimit(limit) === null)
    throw new UsageError(
      `not a limit of resident memory: ${JSON.stringify(limit)}; write it as 400MiB, or as a share of what the process may have: 85%`,
    );
}

/**
 * Reads the resident memory of a process from /proc every 100 ms, which the process does not notice. Does not keep our own process alive.
 *
 * @param pid as this machine knows the process; null if it may be on another one
 * @throws UsageError for a bad limit, UnsupportedError if the memory cannot be read from here
 */
export function watchRss(pid: number | null, limit: RssLimit, listener: RssListener): RssWatch {
  checkRssLimit(limit);
  if (!hasProc()) throw new UnsupportedError(`resident memory can be watched on Linux only: ${process.platform} has no /proc`);
  if (pid === null || readRss(pid) === null)
    throw new UnsupportedError(
      'resident memory cannot be watched from here: the process is on another machine, in another container, or has ended',
    );
  const { bytes, text } = resolved(parseLimit(limit)!, pid);
  const steps = new RssSteps(bytes);
  const timer = setInterval(() => {
    const rss = readRss(pid);
    if (rss === null) clearInterval(timer);
    else if (steps.passes(rss)) listener({ rss, passed: steps.passed });
  }, POLL_MS);
  timer.unref();
  return { limit: bytes, text, stop: () => clearInterval(timer) };
}

/** The limit, and every further tenth of it, each of which is passed once. */
export class RssSteps {
  readonly #limit: number;
  /** How many tenths above the limit come next. */
  #next = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The highest step that was passed. */
  get passed(): number {
    return this.#at(this.#next - 1);
  }

  passes(rss: number): boolean {
    if (rss < this.#at(this.#next)) return false;
    this.#next = Math.floor((rss * STEPS) / this.#limit) - STEPS + 1;
    return true;
  }

  #at(step: number): number {
    return (this.#limit * (STEPS + step)) / STEPS;
  }
}

type ParsedLimit = { readonly bytes: number } | { readonly share: number };

function parseLimit(limit: RssLimit): ParsedLimit | null {
  if (typeof limit === 'number') return limit > 0 && Number.isFinite(limit) ? { bytes: limit } : null;
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(limit.trim())?.[1];
  if (percent !== undefined) return Number(percent) > 0 && Number(percent) <= 100 ? { share: Number(percent) / 100 } : null;
  const bytes = parseSize(limit);
  return bytes === null || bytes === 0 ? null : { bytes };
}

function resolved(limit: ParsedLimit, pid: number): { readonly bytes: number; readonly text: string } {
  if ('bytes' in limit) return { bytes: limit.bytes, text: formatSize(limit.bytes) };
  const { bytes, of } = memoryAllowance(pid);
  const whose = of === 'machine' ? 'the machine has' : 'its control group allows';
  const least = limit.share * bytes;
  return { bytes: least, text: `${formatSize(least)} (${+(limit.share * 100).toFixed(2)} % of the ${formatSize(bytes)} that ${whose})` };
}

function readRss(pid: number): number | null {
  return readProc(pid)?.rss ?? null;
}
