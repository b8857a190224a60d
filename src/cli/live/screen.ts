import { emitKeypressEvents, type Key as ReadlineKey } from 'node:readline';
import type { ReadStream } from 'node:tty';
import type { Output } from '../console/console.js';
import type { Key } from './keys.js';

const ALTERNATE = '\x1b[?1049h\x1b[?25l';
const NORMAL = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
/** If a shell controls us, SIGTSTP stops us at once. If none does, the signal has no effect, and we take the terminal back after this time. */
const STOPPED_WITHIN_MS = 100;

interface ScreenEvents {
  readonly onKey: (key: Key) => void;
  /** The whole screen must be drawn again. */
  readonly onRedraw: () => void;
  /** The terminal has closed. */
  readonly onEnd: () => void;
}

/** Takes the whole terminal, from the constructor until `close()`. If the process exits before, its exit closes the screen. */
export class Screen {
  readonly #out: Output;
  readonly #input: ReadStream;
  readonly #events: ScreenEvents;
  readonly #restore = () => this.close();
  readonly #onKeypress = (text: string | undefined, { name, ctrl }: ReadlineKey) => this.#events.onKey({ text, name, ctrl });
  readonly #onContinued = () => this.#takeAgain();
  #isOpen = true;
  /** The shell has the terminal, because we are suspended. */
  #isAway = false;

  constructor(out: Output, input: ReadStream, events: ScreenEvents) {
    this.#out = out;
    this.#input = input;
    this.#events = events;
    process.once('exit', this.#restore); // comes after an uncaught error, too
    process.on('SIGCONT', this.#onContinued);
    emitKeypressEvents(input);
    input.on('error', events.onEnd); // EIO if the terminal is gone; never removed, because restoring the terminal may raise it, too
    input.on('keypress', this.#onKeypress);
    input.once('end', events.onEnd);
    out.on('resize', events.onRedraw);
    this.#take();
    input.resume();
  }

  /**
   * Draws over the screen line by line, so that nothing flickers. Each line is cleared before it is written: after a full line, terminals would
   * clear its last column.
   *
   * @param lines as many as the screen has rows
   */
  draw(lines: readonly string[]): void {
    if (this.#isOpen && !this.#isAway) this.#out.write(HOME + lines.map((line) => CLEAR_LINE + line).join('\r\n'));
  }

  /** Stops the whole job until the shell continues it. Ctrl-Z does this by itself on a terminal that is not in raw mode. */
  suspend(): void {
    if (process.platform === 'win32') return; // Windows has no such signal
    this.#giveBack();
    this.#isAway = true;
    process.kill(0, 'SIGTSTP');
    setTimeout(() => this.#isAway && this.#takeAgain(), STOPPED_WITHIN_MS);
  }

  /** Restores the terminal. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off('exit', this.#restore);
    process.off('SIGCONT', this.#onContinued);
    this.#out.off('resize', this.#events.onRedraw);
    this.#input.off('keypress', this.#onKeypress);
    this.#input.off('end', this.#events.onEnd);
    this.#input.pause();
    this.#giveBack();
  }

  #take(): void {
    this.#input.setRawMode(true);
    this.#out.write(ALTERNATE);
  }

  #giveBack(): void {
    this.#out.write(NORMAL);
    this.#input.setRawMode(false);
  }

  /** Called after a stop, whoever caused it. The shell has set its own modes meanwhile, and the size may have changed. */
  #takeAgain(): void {
    if (!this.#isOpen) return;
    this.#isAway = false;
    this.#input.setRawMode(false); // libuv skips a mode that it believes is set
    this.#take();
    if (process.platform !== 'win32') process.kill(process.pid, 'SIGWINCH'); // Node reads the size only at this signal
    this.#events.onRedraw();
  }
}
