import type * as acorn from 'acorn';

/** Only the part of acorn that we need, so that its caller decides when to load it. */
export type Tokenizer = typeof acorn.tokenizer;

const NAME = 'sourceMappingURL=';
/** The start of a comment, directly before the name. ECMA-426 asks for no blank, V8 for exactly one, and tools write several. */
const START = /\/(?:\/[#@][^\S\n\r\u2028\u2029]*|\*[#@]\s*)$/;
/** Longer starts are not looked for. */
const MAX_START = 100;
/** A text made to have millions of them must not take minutes. */
const MAX_CANDIDATES = 1000;
const LINE_END = /[\n\r\u2028\u2029]/g;
/** Blanks, or a whole comment. */
const TRIVIA = /\s+|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\//y;

interface Candidate {
  readonly url: string;
  readonly start: number;
  /** Behind the comment. */
  readonly end: number;
}

/**
 * The URL of a script's source map, from its last comment that names one: `//# sourceMappingURL=URL`, `//@`, or a CSS-style comment. undefined
 * if there is none, or if the last one is empty. What stands in a string or in another comment is no such comment. Where that cannot be seen
 * from the text around it, the tokenizer decides.
 */
export function mapUrl(script: string, tokenizer: () => Tokenizer): string | undefined {
  let starts: ReadonlySet<number> | null = null;
  let at = script.length;
  for (let left = MAX_CANDIDATES; left > 0 && at > 0; left--) {
    at = script.lastIndexOf(NAME, at - 1);
    const candidate = at < 0 ? null : candidateAt(script, at);
    if (candidate === null) continue;
    if (starts === null && isLast(script, candidate)) return candidate.url || undefined;
    starts ??= commentStarts(script, tokenizer());
    if (starts.has(candidate.start)) return candidate.url || undefined;
  }
  return undefined;
}

/** @param at of the name */
function candidateAt(script: string, at: number): Candidate | null {
  const before = START.exec(script.slice(Math.max(0, at - MAX_START), at));
  if (before === null) return null;
  const start = at - before[0].length;
  const from = at + NAME.length;
  const isLine = before[0][1] === '/';
  const end = isLine ? lineEnd(script, from) : script.indexOf('*/', from);
  if (end < 0) return null;
  const text = script.slice(from, end).trim();
  const blank = text.search(/\s/);
  // Node 18 takes a URL with another comment behind it on its line.
  if (blank >= 0 && !(isLine && /^\s+\/[/*]/.test(text.slice(blank, blank + MAX_START)))) return null;
  const url = blank < 0 ? text : text.slice(0, blank);
  return isPlausible(url) ? { url, start, end: isLine ? end : end + 2 } : null;
}

function lineEnd(script: string, from: number): number {
  LINE_END.lastIndex = from;
  return LINE_END.exec(script)?.index ?? script.length;
}

/**
 * Only saves time, because the tokenizer would decide the same: a string that a program puts together ends in a quote or a placeholder where a
 * comment has the rest of the URL. JSON in a URL has quotes of its own.
 */
function isPlausible(url: string): boolean {
  return /^data:(?![^,]*;base64,)/i.test(url) || !/['"`]|\$\{/.test(url);
}

/** Whether the comment begins its line, and only blanks and comments follow it. */
function isLast(script: string, { start, end }: Candidate): boolean {
  let before = start - 1;
  while (before >= 0 && /[^\S\n\r\u2028\u2029]/.test(script[before]!)) before--;
  if (before >= 0 && !/\s/.test(script[before]!)) return false;
  TRIVIA.lastIndex = end;
  for (let at = end; at < script.length; at = TRIVIA.lastIndex) if (!TRIVIA.test(script)) return false;
  return true;
}

/** Where the comments of a script begin; up to the first token that is not JavaScript. */
function commentStarts(script: string, tokenizer: Tokenizer): ReadonlySet<number> {
  const starts = new Set<number>();
  const onComment = (_isBlock: boolean, _text: string, start: number) => starts.add(start);
  try {
    for (const _ of tokenizer(script, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true, onComment }));
  } catch {
    return starts;
  }
  return starts;
}
