import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksum, sampledHash } from './hash.js';

const LIMIT_BYTES = 256 * 2 ** 20;
/** Pruning leaves this share of the limit. */
const KEPT_SHARE = 0.75;
/**
 * How often a process checks the size of the folder: after its first write with a chance of 1 in this number, then every so many writes.
 */
const WRITES_BETWEEN_LOOKS = 256;
const TEMPORARY = '.tmp';
/** We only remove files with names of this form, since the user may have chosen a folder that holds other files. */
const OURS = /^[0-9a-f]{16}(?:-[0-9a-z]+\.tmp)?$/;
const STALE_MS = 3_600_000;
/** Every entry begins with the checksum of the rest, in hexadecimal. */
const CHECKSUM_BYTES = 8;

/** What a text was made from. */
export interface Origin {
  /** Everything else that the text depends on. */
  readonly circumstances: string;
  readonly source: string;
}

/**
 * Keeps texts on disk, found by what they were made from. Any number of processes may use it at once: an entry is written to a temporary
 * file and renamed, and has a checksum. An entry also holds its source, which the reader compares. So a short hash is enough as its name,
 * and a start needs neither node:crypto (5 ms) nor a hash of every whole source. Any failure counts as a miss. Empty texts are stored too.
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
    if (kept.source !== origin.source || kept.text !== text) return; // has a lone surrogate, which UTF-8 cannot store
    const temporary = join(this.#folder, `${name}-${process.pid.toString(36)}${process.hrtime.bigint().toString(36)}${TEMPORARY}`);
    try {
      writeFileSync(temporary, entry, { mode: 0o600, flag: 'wx' });
      renameSync(temporary, join(this.#folder, name));
    } catch {
      discard(temporary); // the folder is read-only or full
      return;
    }
    const isFirst = this.#writes++ === 0;
    if (isFirst ? process.hrtime()[1] % WRITES_BETWEEN_LOOKS === 0 : this.#writes % WRITES_BETWEEN_LOOKS === 0) this.prune();
  }

  /** Removes the oldest entries if the folder is too large, and temporary files that an interrupted process left. */
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
      // another process may be pruning at the same time
    }
  }
}

/** Two origins may share a hash, because the reader of an entry compares its origin. */
export function nameOf({ circumstances, source }: Origin): string {
  return sampledHash(`${circumstances} ${source.length}`) + sampledHash(source);
}

/** The checksum, the byte lengths of the first two strings, then the three strings. */
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
    return []; // removed meanwhile
  }
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // the file stays until the next pruning
  }
}
