import type { ChildProcess, StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex, Readable, Transform } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { LaunchError } from '../../errors.js';
import { spawnHelper } from '../cleanup/spawn-helper.js';
import { hasOnlyNotices, passOn, withoutInspectorNotices } from './inspector-output.js';
import { spawnStderrShell } from './stderr-shell.js';

const PROCESS = fileURLToPath(new URL('../../tracing/launch/stderr-process.js', import.meta.url));

/** Where a stream of the program goes. */
export type StderrOption = 'inherit' | 'pipe' | 'ignore';

interface Reading {
  /** Gets the address of the inspector. */
  readonly onUrl: (url: string) => void;
  /** The processes that the program starts have an inspector, too. */
  readonly isFollowed: boolean;
}

interface Directed {
  /** For the tracer; null if it was not asked for. */
  readonly stream: Readable | null;
  /** Resolves when all output has arrived. If another process keeps the program's stderr open after its end, that is late or never. */
  readonly passedOn: Promise<unknown>;
}

/** What a launched program writes to stderr, without what Node writes there about its inspector. */
export class ProgramStderr {
  readonly #source: Readable;
  readonly #filtered: Transform;
  readonly #isFollowed: boolean;
  /** All output so far, notices included. */
  readonly #earlier: Buffer[] = [];
  readonly #keep = (chunk: Buffer) => void this.#earlier.push(chunk);

  constructor(source: Readable, { onUrl, isFollowed }: Reading) {
    this.#source = source;
    this.#isFollowed = isFollowed;
    this.#filtered = withoutInspectorNotices(onUrl, { isOnce: () => !isFollowed });
    source.on('data', this.#keep).pipe(this.#filtered);
  }

  /** Takes the output so far, without notices. */
  said(): string {
    return String(this.#filtered.read() ?? '').trim();
  }

  /** From now on the stream goes to `where`. Windows cannot pass on a pipe that is being read, so this process copies the stream there. */
  async direct(where: StderrOption): Promise<Directed> {
    if (where !== 'pipe' && process.platform !== 'win32') return this.#handOver(where);
    this.#source.off('data', this.#keep);
    if (where === 'inherit') passOn(this.#filtered, process.stderr);
    else if (where === 'ignore') this.#filtered.resume();
    return { stream: where === 'pipe' ? this.#filtered : null, passedOn: Promise.resolve() };
  }

  /** Passes the stream to a process that outlives us (docs/decisions/stderr-of-programs.md). */
  async #handOver(where: 'inherit' | 'ignore'): Promise<Directed> {
    const source = this.#source;
    source.unpipe(this.#filtered).off('data', this.#keep);
    for (let rest = source.read(); rest !== null; rest = source.read()) this.#keep(rest);
    const earlier = Buffer.concat(this.#earlier);
    const args = [this.#isFollowed ? 'nobody' : String(process.pid)];
    const stdio: StdioOptions = [source.destroyed ? 'ignore' : source, where === 'inherit' ? 2 : 'ignore', 'ignore'];
    const isSilent = hasOnlyNotices(earlier);
    const reader = isSilent
      ? spawnStderrShell(PROCESS, { args, stdio, earlier })
      : spawnHelper(PROCESS, { args, stdio: [...stdio, 'pipe'] });
    source.destroy();
    const passedOn = new Promise((resolve) => reader.once('exit', resolve));
    await once(reader, 'spawn').catch((cause: unknown) => {
      throw new LaunchError("no process could be started that passes the program's stderr on", { cause });
    });
    if (!isSilent) await sendEarlier(reader, earlier);
    return { stream: null, passedOn };
  }
}

/** Resolves when the other process has read it. The program must not run before that, because it may end at once. */
async function sendEarlier(reader: ChildProcess, earlier: Buffer): Promise<void> {
  const pipe = reader.stdio[3] as Duplex;
  const closed = new Promise((resolve) => pipe.once('close', resolve));
  pipe
    .on('error', () => {})
    .resume()
    .end(earlier);
  await closed;
}
