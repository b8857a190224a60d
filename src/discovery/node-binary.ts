import { open, readFile, stat } from 'node:fs/promises';
import { hasProc } from './proc.js';

/** An inspector names itself so in /json/version. Every Node binary holds this text (measured on 18 to 26). */
const NAME = 'node.js/v';
/** Every Node binary holds this text, with :0. A single executable application, which is a program and Node in one file, holds :1. */
const PACKED = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1';
const CHUNK_BYTES = 4 * 1024 * 1024;
/** Longer than any name with its version, so that a match across two chunks is found. */
const OVERLAP_BYTES = 128;

/** Finds which Node a Linux process runs. Reads at most the whole binary, once for each (100 MB in about 50 ms). */
export class NodeBinaries {
  readonly #versions = new Map<string, Promise<string | null>>();
  readonly #versionIn: (path: string) => Promise<string | null>;

  constructor(read = versionIn) {
    this.#versionIn = read;
  }

  /** A version such as `v20.20.2`, whatever the binary is called; null if it is not Node or we may not read it. */
  async versionOf(pid: number): Promise<string | null> {
    try {
      // Through /proc, because the binary may be deleted or be in another mount namespace.
      const library = sharedNode(await readFile(`/proc/${pid}/maps`, 'utf8'));
      const path = library === null ? `/proc/${pid}/exe` : `/proc/${pid}/root${library}`;
      const { dev, ino } = await stat(path);
      return await this.#read(path, `${dev}:${ino}`);
    } catch {
      return null;
    }
  }

  /** A binary that several processes run is read through the first of them. If that one ends meanwhile, the next process is used. */
  async #read(path: string, key: string): Promise<string | null> {
    for (let known = this.#versions.get(key); known !== undefined; known = this.#versions.get(key)) {
      try {
        return await known;
      } catch {
        if (this.#versions.get(key) === known) this.#versions.delete(key);
      }
    }
    const version = this.#versionIn(path);
    this.#versions.set(key, version);
    return version;
  }
}

/** Whether the process runs a single executable application. */
export async function isPackedProgram(pid: number): Promise<boolean> {
  const isThere = findIn(`/proc/${pid}/exe`, (chunk) => chunk.includes(PACKED) || null);
  return (await isThere.catch(() => null)) !== null; // other users' processes may not be read
}

/** Whether the process runs Node; true if the system does not tell. */
export async function isNodeProcess(pid: number): Promise<boolean> {
  return !hasProc() || (await new NodeBinaries().versionOf(pid)) !== null;
}

/** The path of libnode among the mapped files, if Node is a shared library, as in Debian's package. */
export function sharedNode(maps: string): string | null {
  return /\s(\/\S*\/libnode\.so[.\d]*)$/m.exec(maps)?.[1] ?? null;
}

function versionIn(path: string): Promise<string | null> {
  return findIn(path, versionAmong);
}

/** Reads a file in chunks until something is found. */
async function findIn<Found>(path: string, findAmong: (chunk: Buffer) => Found | null): Promise<Found | null> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(OVERLAP_BYTES + CHUNK_BYTES);
    let kept = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, CHUNK_BYTES);
      if (bytesRead === 0) return null;
      const chunk = buffer.subarray(0, kept + bytesRead);
      const found = findAmong(chunk);
      if (found !== null) return found;
      kept = Math.min(OVERLAP_BYTES, chunk.length);
      chunk.copy(buffer, 0, chunk.length - kept);
    }
  } finally {
    await file.close();
  }
}

function versionAmong(chunk: Buffer): string | null {
  for (let at = chunk.indexOf(NAME); at >= 0; at = chunk.indexOf(NAME, at + 1)) {
    const text = chunk.toString('latin1', at, at + OVERLAP_BYTES);
    const version = /^node\.js\/(v\d+\.\d+\.\d+[\w.+-]*)\0/.exec(text)?.[1];
    if (version !== undefined) return version;
  }
  return null;
}
