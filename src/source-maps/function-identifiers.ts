/*
 * V8 names a minified function by its short name. A source map tells the original name, at the place of the identifier: `s` in `function s(e){`.
 * V8 tells where the parameters start, so the identifier must be found in the text before them.
 */

/** Before the parameters of a function stands its identifier, or what it is assigned to. */
const BEFORE_PARAMETERS = String.raw`(?=\s*(?:[=:]\s*(?:async\s*)?(?:function\b\s*\*?\s*)?)?$)`;
const CONSTRUCTOR = String.raw`(?<=\bclass\s+)NAME(?=[^{]{0,200}\{[^]{0,2000}\bconstructor\s*$)`;
/** A definition that may hold the place behind it. */
const DEFINITION = String.raw`(?<=\bfunction\s*\*?\s*)NAME(?=\s*\()|(?<![\w$.#])NAME(?=\s*[=:]\s*(?:async\b\s*)?(?:function\b|\(|[\w$]+\s*=>))`;
/** Of a function, not of a call. */
const PARAMETERS = /^(?:async\s*)?(?:\([^()]*\)\s*(?:=>|\{)|[\w$]+\s*=>)/;
/** A function with a longer way from its name to its parameters, or to a place in it, keeps its short name. */
const [NEAR, FAR] = [2500, 20_000];

interface Place {
  /** As V8 tells it, without the object that holds the function. */
  readonly name: string;
  /** 0-based. */
  readonly column: number;
  /** Whether the place is one inside of the function, not its start. */
  readonly isInside: boolean;
}

/** The part of V8's name of a function that is an identifier: `s` of `exports.s`. */
export function lastPart(functionName: string): string {
  return /[\w$\u0080-\uffff]+$/.exec(functionName)?.[0] ?? '';
}

/**
 * The columns where the identifier of a function may stand, the likeliest first. They are 0-based, and on the line of the place.
 *
 * @param line the text of the line; undefined: nobody has the text
 */
export function identifierColumns({ name, column, isInside }: Place, line: string | undefined): number[] {
  if (line === undefined) return isInside ? [] : [column - name.length, column - name.length - 1].filter((one) => one >= 0);
  const escaped = name.replace(/\$/g, '\\$&');
  // A function that allocates on one line has its start for that line's place.
  if (isInside && !PARAMETERS.test(line.slice(column, column + NEAR))) return enclosing(line, column, escaped);
  const from = Math.max(0, column - NEAR);
  const before = line.slice(from, column);
  const pattern = `(?<![\\w$.#])${escaped}${BEFORE_PARAMETERS}|${CONSTRUCTOR.replace('NAME', escaped)}`;
  const found = new RegExp(pattern).exec(before);
  if (found) return [from + found.index];
  return isInside ? enclosing(line, column, escaped) : [];
}

/** The definition that holds the column. */
function enclosing(line: string, column: number, name: string): number[] {
  const from = Math.max(0, column - FAR);
  const before = line.slice(from, column);
  const definitions = [...before.matchAll(new RegExp(DEFINITION.replaceAll('NAME', name), 'g'))].reverse();
  const found = definitions.find(({ index }) => isOpenAtEnd(before.slice(index)));
  return found ? [from + found.index] : [];
}

/** Whether the function at the start of a text goes on behind its end. */
function isOpenAtEnd(text: string): boolean {
  let depth = 0;
  let isArrow = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    else if (depth === 0 && char === '>' && text[i - 1] === '=') isArrow = true;
    if (depth < 0 || (depth === 0 && (char === '}' || (isArrow && /[,;]/.test(char))))) return false;
  }
  return depth > 0 || isArrow;
}
