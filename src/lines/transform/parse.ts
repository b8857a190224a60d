import { Parser, type Program } from 'acorn';

/** How the text reaches V8: as an ES module, in CommonJS's function wrapper, or as a classic script. */
export type SourceType = 'module' | 'commonjs' | 'script';

export type Parsed = { readonly program: Program } | { readonly problem: string };

/**
 * acorn looks at the message of a stack overflow right where it happens, by a regular expression. V8 up to Node 22 ends the process if it has
 * to compile one there (`RegExpCompiler Allocation failed - process out of memory`): so the overflow goes on, to where there is stack again.
 */
const PatientParser = Parser.extend(
  (Base) =>
    class extends Base {
      catchStackOverflow<Result>(parsed: () => Result): Result {
        return parsed();
      }
    },
);

/** The problem is one line. A text that acorn cannot read may still be one that the running Node can: that is the caller's business. */
export function parse(source: string, sourceType: SourceType): Parsed {
  try {
    return { program: PatientParser.parse(source, { ecmaVersion: 'latest', sourceType, allowHashBang: true }) };
  } catch (error) {
    return { problem: isTooDeep(error) ? 'nested too deeply to be parsed' : `does not parse: ${firstLine(error)}` };
  }
}

/** acorn and the walk are recursive: a stack overflow is the expected end of 20,000 nested brackets. */
export function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && /call stack|too deep/i.test(error.message));
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0]!;
}
