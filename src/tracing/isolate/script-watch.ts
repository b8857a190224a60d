import { collectedIn } from '../../collect/collected-in.js';
import type { CollectedScript } from '../../collect/stacks/collected-scripts.js';
import { normalFilename } from '../../collect/stacks/filenames.js';
import type { Reading, ReadOptions } from '../../collect/stacks/trace-source.js';
import { CommandError } from '../../errors.js';
import type { ParsedScript } from '../../protocol/debugger-domain.js';
import { OWN_SCHEME } from '../../text/own-scripts.js';
import { collectedScript } from './collected-script.js';
import type { Isolate } from './isolate.js';

/** Scripts come in bursts. When none has come for so long, the program is taken to have loaded its own. */
const QUIET_MS = 1000;
/** The last ones. Setting one takes V8 less than 1 ms. */
const MOST_PINNED = 200;
const PACKAGE = /[\\/]node_modules[\\/]/;
const USE = { pausing: false, doing: 'learning the names of scripts' };

interface Found {
  readonly reading: Reading;
  /** By script id: what is known of its scripts that V8 has collected. */
  readonly collected: ReadonlyMap<string, CollectedScript>;
}

type Watched = Pick<Isolate, 'session' | 'domain' | 'trueLines' | 'hasOwnConnection' | 'learnsScripts'>;

/**
 * Learns the names of an isolate's scripts before V8 collects them: a profile has no name and no lines of a collected script (v8-facts 12).
 * V8 tells of scripts only while the Debugger is on, and each await then costs 0.6 µs more (18 to 26). So it is on while a program that we
 * start loads its scripts, and for a moment before each reading, whose collection forgets scripts.
 */
export class ScriptWatch {
  readonly #isolate: Watched;
  readonly #known = new Map<string, CollectedScript>();
  #timer: NodeJS.Timeout | null = null;
  #leave: (() => Promise<void>) | null = null;

  constructor(isolate: Watched) {
    this.#isolate = isolate;
  }

  /**
   * Before the first allocation is traced: V8 allocates a table of line ends when it tells of a script. A program that is paused before its
   * first line is watched. Its workers are not: at its heap limit a worker with a Debugger can end the whole process.
   */
  async start({ isPaused }: { readonly isPaused: boolean }): Promise<void> {
    const { session, domain, hasOwnConnection, learnsScripts } = this.#isolate;
    if (!hasOwnConnection || !learnsScripts) return;
    if (!isPaused) return this.learn();
    this.#leave = await domain.enter(USE);
    let seen = domain.scripts.size;
    this.#timer = setInterval(() => {
      if (!session.isOpen || (domain.scripts.size === seen && ownScripts(this.#isolate).length > 0)) this.#stopSoon();
      seen = domain.scripts.size;
    }, QUIET_MS).unref();
  }

  async stop(): Promise<void> {
    const leave = this.#leave;
    this.#leave = null;
    if (this.#timer) clearInterval(this.#timer);
    if (this.#isolate.session.isOpen) await leave?.();
  }

  /**
   * Keeps the names of scripts that the collection before a reading forgets. Meanwhile V8 keeps their texts, too. V8 tells of all scripts when
   * the domain is switched on. A worker has the Debugger for a moment only, and not at its end, which may be at its heap limit.
   */
  async during(read: () => Promise<Reading>, { isLast }: Pick<ReadOptions, 'isLast'>): Promise<Found> {
    const { domain, hasOwnConnection, learnsScripts } = this.#isolate;
    const reading = async () => {
      if (isLast) await this.#pin();
      return this.#with(await read());
    };
    if (!learnsScripts) return reading();
    if (hasOwnConnection) return domain.during(USE, reading);
    if (!isLast) await this.learn();
    return reading();
  }

  /**
   * V8 keeps a script in which a breakpoint is set, with its lines and without its variables (18 to 26). The function with the breakpoint is not
   * optimized any more, so this is for a program that has come to its end. Modules are kept anyway. Pauses are skipped.
   */
  async #pin(): Promise<void> {
    const { session } = this.#isolate;
    const own = ownScripts(this.#isolate).filter(({ url, isModule }) => !isModule && !PACKAGE.test(url));
    const set = own.slice(-MOST_PINNED).map(({ scriptId, startLine = 0, startColumn = 0 }) => {
      const location = { scriptId, lineNumber: startLine, columnNumber: startColumn };
      return session.send('Debugger.setBreakpoint', { location }, { doing: 'keeping a script' }).catch(ignoreRefusal);
    });
    await Promise.all(set);
  }

  /** For this V8 allocates a table of line ends for each script that it has not told of before. */
  async learn(): Promise<void> {
    if (this.#isolate.learnsScripts) await this.#isolate.domain.during(USE, async () => {});
  }

  async #with(reading: Reading): Promise<Found> {
    const { session, domain } = this.#isolate;
    const collected = new Map<string, CollectedScript>();
    for (const scriptId of collectedIn(reading)) {
      const script = domain.scripts.get(scriptId);
      const known = this.#known.get(scriptId) ?? (script && (await collectedScript(session, script)));
      if (known === undefined) continue;
      this.#known.set(scriptId, known);
      collected.set(scriptId, known);
    }
    return { reading, collected };
  }

  /** If the connection is lost, `closed` of the tracer says so. */
  #stopSoon(): void {
    this.stop().catch(() => {});
  }
}

/** Node's scripts and ours come before the program's first line. */
function ownScripts({ domain, trueLines }: Watched): ParsedScript[] {
  const isOwn = (url: string) =>
    !url.startsWith('node:') && !url.startsWith(OWN_SCHEME) && trueLines.codeOf(normalFilename(url)) === 'program';
  return [...domain.scripts.values()].filter(({ url }) => isOwn(url));
}

/** V8 has collected the script meanwhile. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof CommandError)) throw error;
}
