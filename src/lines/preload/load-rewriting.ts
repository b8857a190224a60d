import { createRequire } from 'node:module';
import type * as Rewriting from './rewriting.js';

let loaded: typeof Rewriting | undefined;

/** When it is first needed. CommonJS (made by `npm run bundle`), because Node 18 cannot load a module at once. */
export function loadRewriting(): typeof Rewriting {
  loaded ??= createRequire(import.meta.url)('./rewriting.cjs') as typeof Rewriting;
  return loaded;
}
