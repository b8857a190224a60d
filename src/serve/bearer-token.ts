import { createHash, timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import { SnapshotFileError, UsageError } from '../errors.js';
import { messageOf } from '../protocol/error-text.js';
import { inputFile } from '../snapshot/file/input-file.js';

/** 16 random characters cannot be guessed. */
const MIN_LENGTH = 16;

/** The token that clients must send. It is kept as a hash, so that a comparison takes the same time for any text of any length. */
export class BearerToken {
  readonly #hash: Buffer;

  /** @param source names the origin of the token in the error @throws UsageError */
  constructor(token: string, source: string) {
    if (!/^[\w.~+/-]+=*$/.test(token) || token.length < MIN_LENGTH)
      throw new UsageError(
        `${source} does not hold a valid token: a token is one line of at least ${MIN_LENGTH} letters, digits or - . _ ~ + / (openssl rand -hex 32 makes one)`,
      );
    this.#hash = hashOf(token);
  }

  /** @param authorization the Authorization header */
  matches(authorization: string | undefined): boolean {
    const [, sent = ''] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
    return timingSafeEqual(hashOf(sent), this.#hash);
  }
}

/** The file takes precedence over the environment. null if neither is given. @throws UsageError for an invalid token, SnapshotFileError */
export function readToken(file: string | undefined, { TRACEMALLOC_TOKEN }: NodeJS.ProcessEnv): BearerToken | null {
  if (file !== undefined) return new BearerToken(readTokenFile(file).trim(), file);
  return TRACEMALLOC_TOKEN === undefined ? null : new BearerToken(TRACEMALLOC_TOKEN, 'TRACEMALLOC_TOKEN');
}

/** Whether every user of this machine can read the file. Windows does not say. */
export function isReadableByAll(file: string): boolean {
  return process.platform !== 'win32' && (statSync(file).mode & 0o004) !== 0;
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
