import { OWN_FOLDER } from '../scope/own-folder.js';
import { PUSH, REGISTER, REGISTRY } from '../table/global-names.js';
import { keyOf } from '../table/head.js';
import type { Script } from './registration.js';

/** The object that a controller finds in a program with true lines: `globalThis[Symbol.for('node-tracemalloc.lines')]`. */
export interface LinesRegistry {
  readonly version: 1;
  /** The folder of our own code, which shares the process with the program. */
  readonly ownFolder: string;
  /** Whether its texts run below the function of the current label. */
  readonly labels: boolean;
  /** JSON of `{ next, scripts: [[url, table], …] }`: the scripts registered from number `from` on, and the number for the next call. */
  since(from: number): string;
}

export class Registry implements Omit<LinesRegistry, 'labels'> {
  readonly version = 1;
  readonly ownFolder = OWN_FOLDER;
  readonly #scripts: Script[] = [];
  readonly #tables = new Map<string, string>();
  /** The table of each instrumented text, whether it has run or not, by `nameOf`. */
  readonly #known = new Map<string, string>();
  /**
   * A closure of each script, so that V8 does not collect the script and forget its lines (v8-facts 12). Only the latest script of each
   * name is kept: a program that loads a file again and again must not keep every copy alive because of us.
   */
  readonly #closures = new Map<string, unknown>();
  #pushed = 0;
  /** Fetches what another thread has instrumented and announces it. */
  receive: () => void = () => {};

  announce([url, table]: Script): void {
    this.#known.set(nameOf(url, keyOf(table)), table);
  }

  register(closure: unknown, url: string, key: string): void {
    const name = nameOf(url, key);
    if (!this.#known.has(name)) this.receive();
    const table = this.#known.get(name);
    if (table === undefined) return; // another process instrumented this text, and somebody kept it
    this.#closures.set(url, closure);
    if (this.#tables.get(url) === table) return;
    this.#tables.set(url, table);
    this.#scripts.push([url, table]);
    this.push();
  }

  since(from: number): string {
    return JSON.stringify({ next: this.#scripts.length, scripts: this.#scripts.slice(from) });
  }

  tableOf(url: string): string | undefined {
    return this.#tables.get(url);
  }

  /** Informs a listening controller at once, because it cannot evaluate `since` after the program has reached its end. */
  push(): void {
    const push = (globalThis as Record<string, unknown>)[PUSH];
    if (typeof push !== 'function' || this.#pushed === this.#scripts.length) return;
    const news = this.since(this.#pushed);
    this.#pushed = this.#scripts.length;
    push(news);
  }
}

function nameOf(url: string, key: string): string {
  return `${key} ${url}`;
}

/** Puts the registry into this realm; undefined if one already exists. */
export function installRegistry({ labels }: Pick<LinesRegistry, 'labels'>): Registry | undefined {
  if (REGISTRY in globalThis) return undefined;
  const registry = new Registry();
  const visible: LinesRegistry = Object.freeze({
    version: 1,
    ownFolder: OWN_FOLDER,
    labels,
    since: (from: number) => registry.since(from),
  });
  Object.defineProperty(globalThis, REGISTRY, { value: visible });
  Object.defineProperty(globalThis, REGISTER, { value: guarded(registry) });
  process.on('exit', () => registry.push());
  return registry;
}

/** The statement in the program's text must never fail, even if we or the binding do. */
function guarded(registry: Registry): (closure: unknown, url: string, key: string) => void {
  return (closure, url, key) => {
    try {
      registry.register(closure, url, key);
    } catch {
      // the script is then reported by function, without true lines
    }
  };
}
