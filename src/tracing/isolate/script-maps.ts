import { normalFilename } from '../../collect/stacks/filenames.js';
import type { StackTable } from '../../model/stack-table.js';
import type { Isolate } from './isolate.js';

/** Files that tools compile in memory (tsx, ts-node, Vite). The map is in no file, only V8 has it. */
const COMPILED = /\.(?:[cm]?tsx?|jsx|vue|svelte|astro)$/;

/**
 * The URLs of the source maps of the scripts in a table, by filename, as V8 knows them from the last `//# sourceMappingURL`. V8 is asked only
 * about files whose names say that they were compiled when they were loaded.
 */
export async function scriptMaps(isolates: readonly Isolate[], { filenames }: StackTable): Promise<ReadonlyMap<string, string>> {
  const compiled = new Set(filenames.filter((filename) => COMPILED.test(filename)));
  const maps = new Map<string, string>();
  if (compiled.size === 0) return maps;
  for (const isolate of isolates) {
    if (isolate.session.isOpen) await learnScripts(isolate);
    for (const { url, sourceMapURL } of isolate.domain.scripts.values()) {
      const filename = normalFilename(url);
      if (sourceMapURL && compiled.has(filename)) maps.set(filename, sourceMapURL);
    }
  }
  return maps;
}

/** Prepares `scriptMaps` for an isolate that may have ended by then. */
export async function learnScripts({ domain }: Pick<Isolate, 'domain'>): Promise<void> {
  await domain.during({ pausing: false, doing: 'reading the source maps of the target' }, async () => {}); // V8 tells of all scripts when the domain is switched on
}
