import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksum, sampledHash } from './hash.js';

const LIMIT_BYTES = 256 * 2 ** 20;
/** After a pruning this share of the limit is left. */
const KEPT_SHARE = 0.75;
/** A process looks at the size of the folder after its first write with a chance of one in so many, and again after so many writes. */
const WRITES_BETWEEN_LOOKS = 256;
const TEMPORARY = '.tmp';
/** Only what looks like ours is ever removed: the folder may have been chosen badly. */
const OURS = /^[0-9a-f]{16}(?:-[0-9a-z]+\.tmp)?$/;
const STALE_MS = 3_600_000;
/** The checksum of all that follows, in hexadecimal. */
const CHECKSUM_BYTES = 8;

/** What a text was made of. */
export interface Origin {
  /** Whatever else the text depends on. */
  readonly circumstances: string;
  readonly source: string;
}

/**
 * Texts on disk by what they were made of, for any number of processes at once: an entry is written beside its place and renamed, and carries a
 * checksum. It holds its source, which is compared: so its name may be a hash of a few characters, and a start needs neither node:crypto (5 ms) nor
 * a hash of every source. Whatever goes wrong reads as a miss. An empty text is an entry, too.
 */
export class Cache {
  readonly #folder: string;
  readonly #limit: number;
  #writes = 0;

  constructor(folder: string, limit = LIMIT_BYTES) {
    this.#folder = folder;
    this.#limit = limit;
  }

  read(origin: Origin): string | undefined {
    try {
      const entry = readFileSync(join(this.#folder, nameOf(origin)));
      if (entry.toString('latin1', 0, CHECKSUM_BYTES) !== checksum(entry, CHECKSUM_BYTES)) return undefined;
      const { circumstances, source, text } = fields(entry);
      return source === origin.source && circumstances === origin.circumstances ? text : undefined;
    } catch {
      return undefined;
    }
  }

  write(origin: Origin, text: string): void {
    const name = nameOf(origin);
    const entry = entryOf(origin, text);
    const kept = fields(entry);
    if (kept.source !== origin.source || kept.text !== text) return; // half a surrogate pair, which does not survive UTF-8
    const temporary = join(this.#folder, `${name}-${process.pid.toString(36)}${process.hrtime.bigint().toString(36)}${TEMPORARY}`);
    try {
      writeFileSync(temporary, entry, { mode: 0o600, flag: 'wx' });
      renameSync(temporary, join(this.#folder, name));
    } catch {
      discard(temporary); // read-only or full
      return;
    }
    const isFirst = this.#writes++ === 0;
    if (isFirst ? process.hrtime()[1] % WRITES_BETWEEN_LOOKS === 0 : this.#writes % WRITES_BETWEEN_LOOKS === 0) this.prune();
  }

  /** Removes the oldest entries when there are too many bytes, and what an interrupted process left half written. */
  prune(): void {
    try {
      const entries = readdirSync(this.#folder)
        .filter((name) => OURS.test(name))
        .flatMap((name) => statusOf(join(this.#folder, name)));
      const now = Date.now();
      for (const { file, time } of entries) if (file.endsWith(TEMPORARY) && now - time > STALE_MS) discard(file);
      let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
      if (total <= this.#limit) return;
      for (const { file, bytes } of entries.sort((a, b) => a.time - b.time)) {
        if (total <= this.#limit * KEPT_SHARE) break;
        discard(file);
        total -= bytes;
      }
    } catch {
      // another process may prune at the same time
    }
  }
}

/** A hash that may be shared: whoever reads the entry compares its origin. */
export function nameOf({ circumstances, source }: Origin): string {
  return sampledHash(`${circumstances} ${source.length}`) + sampledHash(source);
}

/** The three strings behind the lengths of the first two, in bytes. */
function entryOf({ circumstances, source }: Origin, text: string): Buffer {
  const lengths = [circumstances, source].map((field) => Buffer.byteLength(field));
  const entry = Buffer.from(`${'0'.repeat(CHECKSUM_BYTES)}${lengths.join(' ')}\n${circumstances}${source}${text}`);
  entry.write(checksum(entry, CHECKSUM_BYTES), 'latin1');
  return entry;
}

function fields(entry: Buffer): Origin & { readonly text: string } {
  const end = entry.indexOf(10);
  const [first = 0, second = 0] = entry.toString('latin1', CHECKSUM_BYTES, end).split(' ').map(Number);
  const [a, b] = [end + 1 + first, end + 1 + first + second];
  return { circumstances: entry.toString('utf8', end + 1, a), source: entry.toString('utf8', a, b), text: entry.toString('utf8', b) };
}

function statusOf(file: string): { file: string; bytes: number; time: number }[] {
  try {
    const { size, mtimeMs } = statSync(file);
    return [{ file, bytes: size, time: mtimeMs }];
  } catch {
    return []; // gone meanwhile
  }
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // it stays
  }
}
