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
const IS_PLAIN = new Uint8Array(256).fill(1);
for (const code of [QUOTE, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT]) IS_PLAIN[code] = 0;

/** Skips any JSON value. Only its strings and brackets are checked. */
export class AnyValue implements Section {
  done = false;
  /** The closing brackets that are still expected. */
  readonly #closing: number[] = [];
  #inString = false;
  #escaped = false;
  #inPrimitive = false;

  scan({ codes, end: to }: Piece, from: number): number {
    let at = from;
    while (at < to && !this.done) {
      if (this.#inString) {
        at = this.#passString(codes, at, to);
        continue;
      }
      if (this.#closing.length > 0) at = passPlain(codes, at, to);
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

  #passString(codes: Uint8Array, from: number, to: number): number {
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

/** Skips to the next quote or bracket. */
function passPlain(codes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && IS_PLAIN[codes[at]!] === 1) at++;
  return at;
}

function endsPrimitive(code: number): boolean {
  return code === COMMA || code === CLOSE_OBJECT || code === CLOSE_ARRAY || isSpace(code);
}

/** A small value, which is collected as text and then passed on parsed. */
export class SmallValue implements Section {
  readonly #value = new AnyValue();
  readonly #what: string;
  readonly #onValue: (value: unknown) => void;
  #bytes = '';

  constructor(what: string, onValue: (value: unknown) => void) {
    this.#what = what;
    this.#onValue = onValue;
  }

  get done(): boolean {
    return this.#value.done;
  }

  scan(piece: Piece, from: number): number {
    const to = this.#value.scan(piece, from);
    this.#bytes += piece.codes.toString('latin1', from, to);
    if (this.#bytes.length > MAX_TEXT) throw damaged(`${this.#what} takes more than ${MAX_TEXT} characters`);
    if (this.done) this.#onValue(parse(Buffer.from(this.#bytes, 'latin1').toString(), this.#what));
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
