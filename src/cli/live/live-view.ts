import type { ReadStream } from 'node:tty';
import { ConnectionLostError } from '../../errors.js';
import { messageOf } from '../../protocol/error-text.js';
import { type LiveRow, liveRows } from '../../report/live/live-rows.js';
import { initialState, type LiveReadings, type LiveState, withReading } from '../../report/live/live-state.js';
import { liveLines, pictureLines } from '../../report/live/view.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';
import { printable } from '../../text/printable.js';
import { wrapped } from '../../text/text-width.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import { type Console, writeLines } from '../console/console.js';
import { coloursOf } from '../console/terminal.js';
import { freeName } from '../output/output-file.js';
import { type Key, pressed } from './keys.js';
import { restAfter } from './pace.js';
import { Screen } from './screen.js';

export interface LiveViewOptions {
  readonly label: string;
  readonly keyType: KeyType;
  readonly onlyLabels: readonly string[];
  readonly color: boolean;
  readonly console: Console;
  readonly input: ReadStream;
  /** Resolves when a signal asks us to leave. */
  readonly interrupted: Promise<void>;
  /** Turns a snapshot into the one to show. */
  readonly shown: (snapshot: Snapshot) => Snapshot;
  /** The traces of a shown snapshot that the rows count. */
  readonly selected: (snapshot: Snapshot) => Snapshot;
  /** Turns a snapshot into the one to save. */
  readonly saved: (snapshot: Snapshot) => Snapshot;
}

export type ShownTracer = Pick<Tracer, 'closed' | 'isTracing' | 'takeSnapshot'>;

/** Takes snapshots of a target and shows them, until the user leaves or the target ends. */
export class LiveView {
  readonly #tracer: ShownTracer;
  readonly #options: LiveViewOptions;
  #state: LiveState;
  #rows: readonly LiveRow[] = [];
  /** The readings and the key that `#rows` was made from. */
  #rowsOf: { readings: LiveReadings | null; keyType: KeyType } | null = null;
  /** The last snapshot as it was taken, before `shown` changed it. */
  #taken: Snapshot | null = null;
  #screen: Screen | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** True after the end. A snapshot that arrives then is dropped. */
  #isClosed = false;

  constructor(tracer: ShownTracer, options: LiveViewOptions) {
    this.#tracer = tracer;
    this.#options = options;
    this.#state = initialState(options);
  }

  /** Resolves when the user leaves or the target ends. @throws ConnectionLostError if the target ended before its first snapshot */
  async show(): Promise<void> {
    const { console, input, interrupted } = this.#options;
    let hasEnded = false;
    try {
      await new Promise<void>((resolve, reject) => {
        interrupted.then(resolve);
        this.#tracer.closed.then(() => {
          hasEnded = true;
          resolve();
        });
        this.#screen = new Screen(console.out, input, {
          onKey: (key) => this.#press(key, resolve),
          onRedraw: () => this.#draw(),
          onEnd: resolve,
        });
        this.#draw();
        this.#readSoon(0, reject);
      });
    } finally {
      this.#isClosed = true;
      clearTimeout(this.#timer);
      this.#screen?.close();
    }
    if (hasEnded) await this.#showEnd();
  }

  #readSoon(ms: number, fail: (error: unknown) => void): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#read()
        .then((restMs) => this.#readSoon(restMs, fail))
        .catch((error: unknown) => {
          if (this.#tracer.isTracing()) fail(error); // otherwise the target has ended, and `closed` resolves
        });
    }, ms);
  }

  /** @returns ms to wait before the next reading */
  async #read(): Promise<number> {
    if (this.#state.isFrozen) return restAfter(0);
    const begin = performance.now();
    const snapshot = await this.#tracer.takeSnapshot();
    const snapshotMs = performance.now() - begin;
    const restMs = restAfter(snapshotMs);
    if (this.#isClosed) return restMs;
    this.#add(snapshot);
    this.#state = { ...this.#state, cost: { snapshotMs, restMs } };
    this.#draw();
    return restMs;
  }

  #add(snapshot: Snapshot): void {
    this.#taken = snapshot;
    const reading = { snapshot: this.#options.shown(snapshot), at: performance.now() };
    this.#state = { ...this.#state, readings: withReading(this.#state.readings, reading) };
  }

  #press(key: Key, quit: () => void): void {
    const { state, request } = pressed(this.#state, key);
    this.#state = request === 'save' ? { ...state, message: this.#save() } : state;
    if (request === 'quit') quit();
    else if (request === 'suspend') this.#screen?.suspend();
    else this.#draw();
  }

  /** @returns a message for the user: the name of the file, or the error */
  #save(): string {
    if (!this.#taken) return 'there is no snapshot yet';
    const { pid } = this.#taken.capture.target;
    const path = freeName((n) => `top.${pid ?? 'target'}.${n}.tmsnap`);
    try {
      this.#options.saved(this.#taken).dump(path, { followLinks: false });
      return `snapshot saved as ${path}`;
    } catch (error) {
      return messageOf(error);
    }
  }

  #draw(): void {
    this.#screen?.draw(liveLines(this.#state, this.#currentRows(), this.#size()));
  }

  #currentRows(): readonly LiveRow[] {
    const { readings, keyType } = this.#state;
    if (this.#rowsOf?.readings !== readings || this.#rowsOf.keyType !== keyType) {
      this.#rows = readings ? liveRows(readings, keyType, this.#options.selected) : [];
      this.#rowsOf = { readings, keyType };
    }
    return this.#rows;
  }

  #size() {
    const { console, color } = this.#options;
    const { columns, rows } = console.out;
    return { width: columns || 80, height: rows || 24, cwd: console.cwd, colours: coloursOf(console.out, { color }) };
  }

  /** Prints the last picture on the normal screen, where the user can still read it. */
  async #showEnd(): Promise<void> {
    const { console } = this.#options;
    const { reason, snapshot, error } = await this.#tracer.closed;
    if (snapshot) this.#add(snapshot);
    if (!this.#state.readings) throw error ?? new ConnectionLostError(`the target is gone before its first snapshot: ${reason}`);
    writeLines(console.out, pictureLines({ ...this.#state, cost: null }, this.#currentRows(), this.#size()));
    writeLines(console.err, wrapped(`the target has ended: ${printable(reason)}`, this.#size().width));
  }
}
