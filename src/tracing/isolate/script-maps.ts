import { normalFilename } from '../../collect/stacks/filenames.js';
import type { StackTable } from '../../model/stack-table.js';
import type { Isolate } from './isolate.js';

/** Written by a compiler in memory (tsx, ts-node, Vite): the map is in no file, only V8 has it. */
const COMPILED = /\.(?:[cm]?tsx?|jsx|vue|svelte|astro)$/;

/**
 * What V8 knows of the source maps of the scripts in a table, by filename: the URL of their last `//# sourceMappingURL`. Asked only where a
 * file's name says that it was compiled when it was loaded.
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

/** For `scriptMaps`, of an isolate that may have ended by then. */
export async function learnScripts({ domain }: Pick<Isolate, 'domain'>): Promise<void> {
  await domain.during({ pausing: false, doing: 'reading the source maps of the target' }, async () => {}); // V8 tells them all
}
