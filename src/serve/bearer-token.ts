import { createHash, timingSafeEqual } from 'node:crypto';
import { SnapshotFileError, UsageError } from '../errors.js';
import { messageOf } from '../protocol/error-text.js';
import { inputFile } from '../snapshot/file/input-file.js';

/** 16 random characters cannot be found by trying. */
const MIN_LENGTH = 16;

/** What clients have to send. Kept as a hash, so that a comparison takes the same time whatever is sent, and however long it is. */
export class BearerToken {
  readonly #hash: Buffer;

  /** @param source for the error @throws UsageError */
  constructor(token: string, source: string) {
    if (!/^[\w.~+/-]+=*$/.test(token) || token.length < MIN_LENGTH)
      throw new UsageError(
        `${source} holds no token: it is one line of at least ${MIN_LENGTH} letters, digits or - . _ ~ + / (openssl rand -hex 32 makes one)`,
      );
    this.#hash = hashOf(token);
  }

  /** @param authorization the header */
  matches(authorization: string | undefined): boolean {
    const [, sent = ''] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
    return timingSafeEqual(hashOf(sent), this.#hash);
  }
}

/** The file comes before the environment; null where neither is given. @throws UsageError for what is no token, SnapshotFileError */
export function readToken(file: string | undefined, { TRACEMALLOC_TOKEN }: NodeJS.ProcessEnv): BearerToken | null {
  if (file !== undefined) return new BearerToken(readTokenFile(file).trim(), file);
  return TRACEMALLOC_TOKEN === undefined ? null : new BearerToken(TRACEMALLOC_TOKEN, 'TRACEMALLOC_TOKEN');
}

function readTokenFile(file: string): string {
  try {
    return new TextDecoder().decode(inputFile(file).bytes());
  } catch (cause) {
    throw new SnapshotFileError(`cannot read the token: ${messageOf(cause)}, or make a token with openssl rand -hex 32`, { cause });
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
