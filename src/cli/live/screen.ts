import { emitKeypressEvents, type Key as ReadlineKey } from 'node:readline';
import type { ReadStream } from 'node:tty';
import type { Output } from '../console/console.js';
import type { Key } from './keys.js';

const ALTERNATE = '\x1b[?1049h\x1b[?25l';
const NORMAL = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
/** A shell that stops us does it at once; where there is none, the stop comes to nothing. */
const STOPPED_WITHIN_MS = 100;

interface ScreenEvents {
  readonly onKey: (key: Key) => void;
  /** All has to be drawn anew. */
  readonly onRedraw: () => void;
  /** The terminal has closed. */
  readonly onEnd: () => void;
}

/** The whole terminal, from its opening until `close()`, which also a process that ends otherwise comes to. */
export class Screen {
  readonly #out: Output;
  readonly #input: ReadStream;
  readonly #events: ScreenEvents;
  readonly #restore = () => this.close();
  readonly #onKeypress = (text: string | undefined, { name, ctrl }: ReadlineKey) => this.#events.onKey({ text, name, ctrl });
  readonly #onContinued = () => this.#takeAgain();
  #isOpen = true;
  /** The terminal is the shell's. */
  #isAway = false;

  constructor(out: Output, input: ReadStream, events: ScreenEvents) {
    this.#out = out;
    this.#input = input;
    this.#events = events;
    process.once('exit', this.#restore); // an error that nobody catches ends there, too
    process.on('SIGCONT', this.#onContinued);
    emitKeypressEvents(input);
    input.on('error', events.onEnd); // EIO where the terminal has gone; kept to the end, because what restores it may meet that, too
    input.on('keypress', this.#onKeypress);
    input.once('end', events.onEnd);
    out.on('resize', events.onRedraw);
    this.#take();
    input.resume();
  }

  /**
   * Replaces what is on the screen, as many lines as it has. Line by line, so that nothing flickers, and each cleared from its beginning: from
   * the end of a full line, terminals would clear its last column.
   */
  draw(lines: readonly string[]): void {
    if (this.#isOpen && !this.#isAway) this.#out.write(HOME + lines.map((line) => CLEAR_LINE + line).join('\r\n'));
  }

  /** What Ctrl-Z does where the terminal is not taken: the whole job stops until the shell lets it go on. */
  suspend(): void {
    if (process.platform === 'win32') return; // no such signal
    this.#giveBack();
    this.#isAway = true;
    process.kill(0, 'SIGTSTP');
    setTimeout(() => this.#isAway && this.#takeAgain(), STOPPED_WITHIN_MS);
  }

  /** The terminal as it was. */
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

  /** After a stop, by Ctrl-Z or from outside: the shell has set its own modes meanwhile, and perhaps another size. */
  #takeAgain(): void {
    if (!this.#isOpen) return;
    this.#isAway = false;
    this.#input.setRawMode(false); // libuv sets no mode that it believes to be set
    this.#take();
    if (process.platform !== 'win32') process.kill(process.pid, 'SIGWINCH'); // Node asks for the size on that only
    this.#events.onRedraw();
  }
}
