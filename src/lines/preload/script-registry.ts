import { OWN_FOLDER } from '../scope/own-folder.js';
import { PUSH, REGISTER, REGISTRY } from '../table/global-names.js';
import { keyOf } from '../table/head.js';
import type { Script } from './registration.js';

/** What a controller finds in a program with true lines: `globalThis[Symbol.for('node-tracemalloc.lines')]`. */
export interface LinesRegistry {
  readonly version: 1;
  /** Where our own code lies, which shares the process with the program. */
  readonly ownFolder: string;
  /** JSON of `{ next, scripts: [[url, table], …] }`: the scripts registered from number `from` on, and the number to ask from next. */
  since(from: number): string;
}

export class Registry implements LinesRegistry {
  readonly version = 1;
  readonly ownFolder = OWN_FOLDER;
  readonly #scripts: Script[] = [];
  readonly #tables = new Map<string, string>();
  /** Of what was instrumented, run or not, by `nameOf`. */
  readonly #known = new Map<string, string>();
  /**
   * A closure of each script, so that V8 does not collect it and forget its lines (v8-facts 12). Only of the latest by each name: a program
   * that loads a file again and again must not be made to keep all of it.
   */
  readonly #closures = new Map<string, unknown>();
  #pushed = 0;
  /** Gets what another thread has instrumented and announced. */
  receive: () => void = () => {};

  announce([url, table]: Script): void {
    this.#known.set(nameOf(url, keyOf(table)), table);
  }

  register(closure: unknown, url: string, key: string): void {
    const name = nameOf(url, key);
    if (!this.#known.has(name)) this.receive();
    const table = this.#known.get(name);
    if (table === undefined) return; // the text is another process's, which somebody has kept
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

  /** When the program has come to its end, nobody can evaluate `since` any more: so whoever listens is told before. */
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

/** Puts the registry into this realm; undefined if it is there already. */
export function installRegistry(): Registry | undefined {
  if (REGISTRY in globalThis) return undefined;
  const registry = new Registry();
  const visible: LinesRegistry = Object.freeze({ version: 1, ownFolder: OWN_FOLDER, since: (from: number) => registry.since(from) });
  Object.defineProperty(globalThis, REGISTRY, { value: visible });
  Object.defineProperty(globalThis, REGISTER, { value: guarded(registry) });
  process.on('exit', () => registry.push());
  return registry;
}

/** The program's statement must not fail, whatever is wrong with us or with the binding. */
function guarded(registry: Registry): (closure: unknown, url: string, key: string) => void {
  return (closure, url, key) => {
    try {
      registry.register(closure, url, key);
    } catch {
      // the script goes on at the precision of functions
    }
  };
}
