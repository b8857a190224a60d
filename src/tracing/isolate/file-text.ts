import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mapNamedIn, readScript } from '../../source-maps/script-file.js';

/** What V8 tells of a script's text without the text itself. Not all engines tell it. */
interface TextFacts {
  /** In UTF-16 units. */
  readonly length?: number | undefined;
  /** From Node 20 on the SHA-256 of the text in UTF-8. Node 18 has a hash of its own. */
  readonly hash?: string | undefined;
}

const SHA256 = /^[0-9a-f]{64}$/i;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** The text of a file, to be compared with the text that V8 has under the file's name. */
export class FileText {
  readonly #bytes: Buffer;
  #hashes: readonly string[] | undefined;
  #text: string | undefined;

  private constructor(bytes: Buffer) {
    this.#bytes = isUtf8(bytes) ? bytes : Buffer.from(bytes.toString());
  }

  /** null if there is no such file, or if it cannot be read. */
  static read(filename: string): FileText | null {
    const bytes = readScript(filename);
    return bytes === null ? null : new FileText(bytes);
  }

  /** Whether V8's text is that of the file, with or without the byte order mark. A text that V8 tells nothing of counts as the same. */
  is({ length, hash }: TextFacts): boolean {
    if (length === undefined) return true;
    if (length > this.#bytes.length || this.#bytes.length > 3 * (length + 1)) return false;
    if (hash !== undefined && SHA256.test(hash)) return this.#sums.includes(hash.toLowerCase());
    return [this.text.length, this.text.length + (this.#hasMark ? 1 : 0)].includes(length);
  }

  /** Whether V8's text is that of the file inside of a wrapper that adds no line before it. */
  isWithin(text: string): boolean {
    const at = text.indexOf(this.text.trimEnd());
    return at >= 0 && !/[\n\r\u2028\u2029]/.test(text.slice(0, at));
  }

  /** The URL of the map that the file names. */
  get mapUrl(): string | undefined {
    return mapNamedIn(this.#bytes);
  }

  /** Without the byte order mark. */
  private get text(): string {
    this.#text ??= this.#unmarked.toString();
    return this.#text;
  }

  get #hasMark(): boolean {
    return this.#bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  }

  get #unmarked(): Buffer {
    return this.#hasMark ? this.#bytes.subarray(BYTE_ORDER_MARK.length) : this.#bytes;
  }

  get #sums(): readonly string[] {
    this.#hashes ??= (this.#hasMark ? [this.#bytes, this.#unmarked] : [this.#bytes]).map((bytes) =>
      createHash('sha256').update(bytes).digest('hex'),
    );
    return this.#hashes;
  }
}
