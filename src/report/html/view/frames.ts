import { type ReportData, TRUNCATED } from '../../call-tree/report-data.js';

export type Origin = 'program' | 'package' | 'node' | 'engine';

/** The names of the frames of a report. */
export class FrameNames {
  readonly length: number;
  readonly #data: ReportData;
  #searchTexts: readonly string[] | undefined;

  constructor(data: ReportData) {
    this.#data = data;
    this.length = data.frames.file.length;
  }

  functionName(frame: number): string {
    if (frame === TRUNCATED) return 'older frames not kept';
    return this.#name('functionName', frame) || (this.origin(frame) === 'engine' ? '' : '(anonymous)');
  }

  /** `app.js:7`. */
  place(frame: number): string {
    if (frame === TRUNCATED) return '';
    const line = this.#data.frames.line[frame]!;
    return line > 0 ? `${this.file(frame)}:${line}` : this.file(frame);
  }

  file(frame: number): string {
    return this.#name('file', frame);
  }

  packageName(frame: number): string {
    return this.#name('packageName', frame);
  }

  /** `load src/app.js:7`. */
  label(frame: number): string {
    return `${this.functionName(frame)} ${this.place(frame)}`.trim();
  }

  /** `load app.js:7`, without the folder, to fit a box. */
  shortLabel(frame: number): string {
    return `${this.functionName(frame)} ${this.place(frame).replace(/^.*[/\\](?=.)/, '')}`.trim();
  }

  origin(frame: number): Origin {
    if (frame === TRUNCATED) return 'engine';
    const name = this.packageName(frame);
    if (name === '<program>') return 'program';
    if (name === '<node>') return 'node';
    return name.startsWith('<') ? 'engine' : 'package';
  }

  /** By frame: 1 if its name, place or package contains the text, regardless of case. */
  matching(text: string): Uint8Array {
    this.#searchTexts ??= Array.from({ length: this.length }, (_, frame) =>
      `${this.functionName(frame)} ${this.place(frame)} ${this.packageName(frame)}`.toLowerCase(),
    );
    const wanted = text.toLowerCase();
    return Uint8Array.from(this.#searchTexts, (known) => Number(known.includes(wanted)));
  }

  #name(column: 'file' | 'functionName' | 'packageName', frame: number): string {
    return this.#data.names[this.#data.frames[column][frame]!]!;
  }
}
