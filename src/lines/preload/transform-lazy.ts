import { createRequire } from 'node:module';
import type * as TransformModule from '../transform.js';

type Transform = typeof TransformModule.transform;

let loaded: Transform | undefined;

/** Only when the cache does not have a text: parser and transform take about as long to load as Node takes to start. */
export function loadTransform(): Transform {
  if (loaded === undefined) {
    const { emitWarning } = process;
    process.emitWarning = () => {}; // Node 20 says that `require` of a module is experimental
    try {
      loaded = (createRequire(import.meta.url)('../transform.js') as typeof TransformModule).transform;
    } finally {
      process.emitWarning = emitWarning;
    }
  }
  return loaded;
}
