import { damaged, shown } from './damage.js';
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  isSpace,
  OPEN_ARRAY,
  OPEN_OBJECT,
  type Piece,
  QUOTE,
  type Section,
} from './section.js';

/** The header that V8 writes takes 1.3 kB. */
const MAX_TEXT = 1 << 20;
const MAX_DEPTH = 1000;

/** Skips any JSON value. Only its strings and brackets are checked. */
export class AnyValue implements Section {
  done = false;
  /** The closing brackets that are still expected. */
  readonly #closing: number[] = [];
  #inString = false;
  #escaped = false;
  #inPrimitive = false;

  scan({ codes, text }: Piece, from: number): number {
    const to = text.length;
    let at = from;
    while (at < to && !this.done) {
      if (this.#inString) {
        at = this.#passString(codes, at, to);
        continue;
      }
      if (this.#closing.length > 0) at = passPlain(text, at);
      if (at === to) break;
      if (this.#inPrimitive && endsPrimitive(codes[at]!)) this.done = true;
      else this.#take(codes[at++]!);
    }
    return at;
  }

  #take(code: number): void {
    if (code === QUOTE) this.#inString = true;
    else if (code === OPEN_ARRAY) this.#open(CLOSE_ARRAY);
    else if (code === OPEN_OBJECT) this.#open(CLOSE_OBJECT);
    else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
      if (this.#closing.pop() !== code) throw damaged(`${shown(code)} closes what is not open`);
      this.done = this.#closing.length === 0;
    } else if (this.#closing.length === 0 && !isSpace(code)) {
      if (code === COMMA) throw damaged('a value is missing');
      this.#inPrimitive = true;
    }
  }

  #open(closing: number): void {
    if (this.#inPrimitive || this.#closing.push(closing) > MAX_DEPTH) throw damaged('its brackets do not match');
  }

  #passString(codes: Uint16Array, from: number, to: number): number {
    let at = from;
    let escaped = this.#escaped;
    for (; at < to; at++) {
      const code = codes[at]!;
      if (escaped) escaped = false;
      else if (code === BACKSLASH) escaped = true;
      else if (code === QUOTE) {
        this.#inString = false;
        this.done = this.#closing.length === 0;
        at++;
        break;
      }
    }
    this.#escaped = escaped;
    return at;
  }
}

/** Skips to the next quote or bracket. A regular expression runs natively from its first use; a loop would be compiled too late to help. */
function passPlain(text: string, from: number): number {
  const stop = /["[\]{}]/g;
  stop.lastIndex = from;
  return stop.test(text) ? stop.lastIndex - 1 : text.length;
}

function endsPrimitive(code: number): boolean {
  return code === COMMA || code === CLOSE_OBJECT || code === CLOSE_ARRAY || isSpace(code);
}

/** A small value, which is collected as text and then passed on parsed. */
export class SmallValue implements Section {
  readonly #value = new AnyValue();
  readonly #what: string;
  readonly #onValue: (value: unknown) => void;
  #text = '';

  constructor(what: string, onValue: (value: unknown) => void) {
    this.#what = what;
    this.#onValue = onValue;
  }

  get done(): boolean {
    return this.#value.done;
  }

  scan(piece: Piece, from: number): number {
    const to = this.#value.scan(piece, from);
    this.#text += piece.text.slice(from, to);
    if (this.#text.length > MAX_TEXT) throw damaged(`${this.#what} takes more than ${MAX_TEXT} characters`);
    if (this.done) this.#onValue(parse(this.#text, this.#what));
    return to;
  }
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(`${what} is not JSON`);
  }
}
