import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIMIT_BYTES = 256 * 2 ** 20;
/** After a pruning this share of the limit is left. */
const KEPT_SHARE = 0.75;
/** A process looks at the size of the folder after its first write with a chance of one in so many, and again after so many writes. */
const WRITES_BETWEEN_LOOKS = 256;
const TEMPORARY = '.tmp';
/** Only what looks like ours is ever removed: the folder may have been chosen badly. */
const OURS = /^[0-9a-f]{64}(?:[0-9a-f]{12}\.tmp)?$/;
const STALE_MS = 3_600_000;

/**
 * Texts on disk by key, for any number of processes at once: an entry is written beside its place and renamed, and carries a checksum. Whatever goes
 * wrong reads as a miss. An empty text is an entry, too.
 */
export class Cache {
  readonly #folder: string;
  readonly #limit: number;
  #writes = 0;

  constructor(folder: string, limit = LIMIT_BYTES) {
    this.#folder = folder;
    this.#limit = limit;
  }

  read(key: string): string | undefined {
    try {
      const entry = readFileSync(join(this.#folder, key), 'utf8');
      const end = entry.indexOf('\n');
      const text = entry.slice(end + 1);
      return entry.slice(0, end) === checksum(text) ? text : undefined;
    } catch {
      return undefined;
    }
  }

  write(key: string, text: string): void {
    const entry = Buffer.from(`${checksum(text)}\n${text}`);
    if (!entry.toString().endsWith(text)) return; // half a surrogate pair, which does not survive UTF-8
    const temporary = join(this.#folder, key + randomBytes(6).toString('hex') + TEMPORARY);
    try {
      writeFileSync(temporary, entry, { mode: 0o600, flag: 'wx' });
      renameSync(temporary, join(this.#folder, key));
    } catch {
      discard(temporary); // read-only or full
      return;
    }
    const isFirst = this.#writes++ === 0;
    if (isFirst ? randomBytes(1)[0] === 0 : this.#writes % WRITES_BETWEEN_LOOKS === 0) this.prune();
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

/** In UTF-16, which tells any two texts apart. */
export function keyOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part, 'utf16le');
  return hash.digest('hex');
}

function checksum(text: string): string {
  return createHash('sha1').update(text).digest('hex');
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
