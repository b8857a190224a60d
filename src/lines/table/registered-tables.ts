import * as z from 'zod/mini';
import { evaluateOwn } from '../../protocol/evaluate.js';
import type { Session } from '../../protocol/session.js';
import { decodePositions } from './codec.js';
import { PUSH, REGISTRY } from './global-names.js';
import { type PositionLookup, positionLookup } from './position-table.js';

/** What `node-tracemalloc/register` sends: as the result of an evaluation and, at the end of a program, through the binding. */
const announcement = z.object({ next: z.number(), scripts: z.array(z.tuple([z.string(), z.string()])) });
const registryAnswer = z.tuple([z.string(), z.string(), z.boolean()]);

/** The scripts that `node-tracemalloc/register` has instrumented in a target, with their position tables. */
export class RegisteredTables {
  readonly #session: Session;
  readonly #tables = new Map<string, PositionLookup>();
  #unsubscribe: (() => void) | null = null;
  #next = 0;
  /** The folder of our own code in the target's process; null as long as no registry is known. */
  ownFolder: string | null = null;
  /** Whether the target's texts run below the function of the current label. */
  hasLabels = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Maps positions in the script of this URL to the original; undefined if the script is not instrumented. */
  tableOf(url: string): PositionLookup | undefined {
    return this.#tables.get(url);
  }

  /** Makes the target announce what it instruments from now on. Works even before the program's first line. */
  async watch(): Promise<void> {
    if (this.#unsubscribe) return;
    this.#unsubscribe = this.#session.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === PUSH) this.#take(payload);
    });
    await this.#session.send('Runtime.addBinding', { name: PUSH }, { doing: 'watching for instrumented scripts' });
  }

  /** Fetches what was instrumented since the last call. @returns whether the target has a registry */
  async refresh(): Promise<boolean> {
    const registry = `globalThis[Symbol.for('${REGISTRY.description}')]`;
    const expression = `(registry => registry && [registry.ownFolder, registry.since(${this.#next}), registry.labels === true])(${registry})`;
    const { value } = await evaluateOwn(this.#session, expression, { doing: 'reading the instrumented scripts' });
    const answer = registryAnswer.safeParse(value);
    if (!answer.success) return false;
    this.ownFolder = answer.data[0];
    this.hasLabels = answer.data[2];
    this.#next = this.#take(answer.data[1]);
    return true;
  }

  /** Removes everything that we put into the target, and forgets the tables. */
  async leave(): Promise<void> {
    this.#tables.clear();
    if (!this.#unsubscribe) return;
    this.#unsubscribe();
    this.#unsubscribe = null;
    await this.#session.send('Runtime.removeBinding', { name: PUSH }, { doing: 'leaving the instrumented scripts' });
    await evaluateOwn(this.#session, `delete globalThis.${PUSH}`, { doing: 'leaving the instrumented scripts' });
  }

  #take(payload: string): number {
    const { next, scripts } = announcement.parse(JSON.parse(payload));
    for (const [url, table] of scripts) this.#tables.set(url, positionLookup(decodePositions(table)));
    return next;
  }
}
