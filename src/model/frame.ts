/** `'line'`: lineno is the allocating line. `'function'`: lineno is where the function starts; V8 by itself knows no more. */
export type Precision = 'line' | 'function';

/** One stack frame. Equality and order are tracemalloc's: filename, then lineno. Node adds the other fields, which do not count. It never changes. */
export class Frame {
  /** Absolute path, `node:…`, a URL, or a name in angle brackets (`<anonymous>`, `<GC>`). */
  readonly filename: string;
  /** 1-based; 0 if there is no line (pseudo-frames, groups by file). */
  readonly lineno: number;
  /** 1-based; 0 if unknown. */
  readonly column: number;
  /** Empty for anonymous functions and top-level code. */
  readonly functionName: string;
  readonly precision: Precision;

  constructor(filename: string, lineno: number, rest: { column?: number; functionName?: string; precision?: Precision } = {}) {
    this.filename = filename;
    this.lineno = lineno;
    this.column = rest.column ?? 0;
    this.functionName = rest.functionName ?? '';
    this.precision = rest.precision ?? 'function';
    Object.freeze(this);
  }

  equals(other: Frame): boolean {
    return this.filename === other.filename && this.lineno === other.lineno;
  }

  /** Negative, zero or positive: this frame's place relative to `other`. */
  compare(other: Frame): number {
    return compareText(this.filename, other.filename) || this.lineno - other.lineno;
  }

  toString(): string {
    return `${this.filename}:${this.lineno}`;
  }
}

/** Order by Unicode code points, as Python orders strings. JavaScript's `<` orders UTF-16 units, which puts U+10000 before U+FFFF. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Ranks surrogates above all other units, because they encode the code points from U+10000. */
function codePointRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
