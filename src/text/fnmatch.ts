/**
 * CPython's `fnmatch`: `*` matches any text including slashes, `?` one character, `[seq]` and `[!seq]` one character in or out of a set.
 * Nothing can be quoted. Characters are code points. Tokens are matched one by one, without a RegExp, so that the time is at most
 * proportional to name length times pattern length.
 */
export type Matcher = (name: string) => boolean;

interface CharacterSet {
  readonly negated: boolean;
  /** Inclusive pairs of code points. */
  readonly ranges: readonly (readonly [number, number])[];
}

const STAR = Symbol('*');
const ANY = Symbol('?');
type Token = typeof STAR | typeof ANY | number | CharacterSet;

/** Case and separators by the rules of the platform: Windows ignores case and accepts both slashes, other systems do not. */
export function normalizeCase(name: string, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? name.replaceAll('/', '\\').toLowerCase() : name;
}

export function compilePattern(pattern: string): Matcher {
  const tokens = tokenize(codePoints(pattern));
  return (name) => matches(tokens, codePoints(name));
}

/** A regular expression of RE2, as databases have it, that matches what `compilePattern` matches. Each character is written as its code point. */
export function patternToRe2(pattern: string): string {
  return `^(?s:${tokenize(codePoints(pattern)).map(tokenToRe2).join('')})\\z`;
}

function tokenToRe2(token: Token): string {
  if (token === STAR) return '.*';
  if (token === ANY) return '.';
  if (typeof token === 'number') return escapedPoint(token);
  const ranges = token.ranges.filter(([low, high]) => low <= high).map(([low, high]) => `${escapedPoint(low)}-${escapedPoint(high)}`);
  if (ranges.length === 0) return token.negated ? '.' : '[^\\x{0}-\\x{10FFFF}]';
  return `[${token.negated ? '^' : ''}${ranges.join('')}]`;
}

function escapedPoint(point: number): string {
  return `\\x{${point.toString(16)}}`;
}

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}

const code = (character: string) => character.charCodeAt(0);
const [BANG, HYPHEN, OPEN, CLOSE] = [code('!'), code('-'), code('['), code(']')];

function tokenize(pattern: readonly number[]): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const point = pattern[i]!;
    if (point === code('*')) {
      if (tokens.at(-1) !== STAR) tokens.push(STAR);
    } else if (point === code('?')) tokens.push(ANY);
    else if (point !== OPEN) tokens.push(point);
    else {
      const end = closingBracket(pattern, i + 1);
      if (end === -1) tokens.push(OPEN);
      else {
        tokens.push(characterSet(pattern.slice(i + 1, end)));
        i = end;
      }
    }
  }
  return tokens;
}

/** A `]` directly after the `[`, or after `[!`, is a member of the set. */
function closingBracket(pattern: readonly number[], from: number): number {
  const first = pattern[from] === BANG ? from + 1 : from;
  return pattern.indexOf(CLOSE, pattern[first] === CLOSE ? first + 1 : first);
}

/**
 * The set between two brackets, built in the steps of CPython's `translate`: cut the text at the hyphens that form ranges, drop each
 * backward range with both its ends, then read a leading `!` as negation.
 */
function characterSet(text: readonly number[]): CharacterSet {
  const chunks = rangeChunks(text);
  for (let k = chunks.length - 1; k > 0; k--) {
    const [left, right] = [chunks[k - 1]!, chunks[k]!];
    if (left.at(-1)! > right[0]!) chunks.splice(k - 1, 2, [...left.slice(0, -1), ...right.slice(1)]);
  }
  const negated = chunks[0]![0] === BANG;
  if (negated) chunks[0]!.shift();
  const ranges: [number, number][] = chunks.flat().map((point) => [point, point]);
  for (let k = 1; k < chunks.length; k++) {
    const low = chunks[k - 1]!.at(-1);
    const high = chunks[k]![0]!;
    // If a range has lost its lower end (`[b-a!-d]`), its hyphen is a member of the set.
    ranges.push(low === undefined ? [HYPHEN, HYPHEN] : [low, high]);
  }
  return { negated, ranges };
}

function rangeChunks(text: readonly number[]): number[][] {
  const chunks: number[][] = [];
  let start = 0;
  let hyphen = text.indexOf(HYPHEN, text[0] === BANG ? 2 : 1);
  while (hyphen !== -1) {
    chunks.push(text.slice(start, hyphen));
    start = hyphen + 1;
    hyphen = text.indexOf(HYPHEN, hyphen + 3);
  }
  const last = text.slice(start);
  if (last.length > 0 || chunks.length === 0) chunks.push(last);
  else chunks.at(-1)!.push(HYPHEN);
  return chunks;
}

/** Each star takes as little as possible. If the rest does not match, the latest star takes one more character. */
function matches(tokens: readonly Token[], name: readonly number[]): boolean {
  let t = 0;
  let n = 0;
  let star = -1;
  let starEnd = 0;
  while (n < name.length) {
    const token = tokens[t];
    if (token === STAR) {
      star = t++;
      starEnd = n;
    } else if (token !== undefined && matchesOne(token, name[n]!)) {
      t++;
      n++;
    } else if (star !== -1) {
      t = star + 1;
      n = ++starEnd;
    } else return false;
  }
  while (tokens[t] === STAR) t++;
  return t === tokens.length;
}

function matchesOne(token: Exclude<Token, typeof STAR>, point: number): boolean {
  if (token === ANY) return true;
  if (typeof token === 'number') return token === point;
  return token.ranges.some(([low, high]) => low <= point && point <= high) !== token.negated;
}
