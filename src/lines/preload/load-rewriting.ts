import { createRequire } from 'node:module';
import type * as Rewriting from './rewriting.js';

let loaded: typeof Rewriting | undefined;

/** Loads the module on first use. It is CommonJS (built by `npm run bundle`), because Node 18 cannot load ES modules synchronously. */
export function loadRewriting(): typeof Rewriting {
  loaded ??= createRequire(import.meta.url)('./rewriting.cjs') as typeof Rewriting;
  return loaded;
}
