import type { StackTable } from '../../model/stack-table.js';
import { StringInterner } from '../../model/string-interner.js';
import { runnerMask } from './runner-code.js';

/** The site of what does not count. */
export const NO_SITE = -1;

/** Node's own code, and V8's names for what is no code. */
const NO_PLACE = /^(?:node:|<)/;

/**
 * The sites of tracebacks: the line of the newest frame that is not Node's, or its function without true lines. Node's frames come and go as V8
 * optimizes code: a promise that an async hook sees is allocated below a frame of Node's, or below none. A site has the same number in all tables.
 */
export class Sites {
  readonly #names = new StringInterner();

  /** By traceback: the number of its site; NO_SITE if it belongs to the runner of the tests. */
  of(table: StackTable): Int32Array {
    const { filenames, locationFile, locationLine, frames, tracebackStart } = table;
    const isNoPlace = filenames.map((name) => NO_PLACE.test(name));
    const siteOf = (traceback: number): number => {
      const leaf = tracebackStart[traceback + 1]! - 1;
      let at = leaf;
      while (at > tracebackStart[traceback]! && isNoPlace[locationFile[frames[at]!]!]) at--;
      const location = frames[isNoPlace[locationFile[frames[at]!]!] ? leaf : at]!;
      return this.#names.intern(`${locationLine[location]} ${filenames[locationFile[location]!]}`);
    };
    return Int32Array.from(runnerMask(table), (isRunner, traceback) => (isRunner === 1 ? NO_SITE : siteOf(traceback)));
  }
}
