import { Parser, type Program } from 'acorn';

/** How V8 receives the text: as an ES module, inside CommonJS's function wrapper, or as a classic script. */
export type SourceType = 'module' | 'commonjs' | 'script';

export type Parsed = { readonly program: Program } | { readonly problem: string };

/**
 * acorn matches the message of a stack overflow with a regular expression right where it happens. If V8 up to Node 22 has to compile a
 * regular expression there, it ends the process (`RegExpCompiler Allocation failed - process out of memory`). So we let the overflow rise
 * to a place with enough stack.
 */
const PatientParser = Parser.extend(
  (Base) =>
    class extends Base {
      catchStackOverflow<Result>(parsed: () => Result): Result {
        return parsed();
      }
    },
);

/** The problem is one line. The running Node may accept a text that acorn does not; the caller must allow for that. */
export function parse(source: string, sourceType: SourceType): Parsed {
  try {
    return { program: PatientParser.parse(source, { ecmaVersion: 'latest', sourceType, allowHashBang: true }) };
  } catch (error) {
    return { problem: isTooDeep(error) ? 'nested too deeply to be parsed' : `does not parse: ${firstLine(error)}` };
  }
}

/** acorn and the walk are recursive, so 20,000 nested brackets are expected to overflow the stack. */
export function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && /call stack|too deep/i.test(error.message));
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0]!;
}
