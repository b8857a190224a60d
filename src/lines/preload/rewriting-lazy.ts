import { createRequire } from 'node:module';
import type * as Rewriting from './rewriting.js';

let loaded: typeof Rewriting | undefined;

/** When it is first needed. */
export function loadRewriting(): typeof Rewriting {
  if (loaded === undefined) {
    const { emitWarning } = process;
    process.emitWarning = () => {}; // Node 20 says that `require` of a module is experimental
    try {
      loaded = createRequire(import.meta.url)('./rewriting.js') as typeof Rewriting;
    } finally {
      process.emitWarning = emitWarning;
    }
  }
  return loaded;
}
