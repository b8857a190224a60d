import type { ParsedScript } from '../../protocol/debugger-domain.js';
import { CURRENT_LABEL } from '../labels/label-names.js';

/**
 * Where a script comes from. When an edit replaces a text, V8 keeps the old text as another script with the same URL and a higher id, and may keep it
 * long after whoever edited has left. `'former'`: its text is that of an edit of ours. `'unknown'`: the program has loaded the file again, or somebody
 * has edited it.
 */
export type Origin = 'loaded' | 'former' | 'unknown';

/** @param textOf gives the text of a script as the program loaded it; null if V8 has collected it */
export async function originOf(
  script: ParsedScript,
  scripts: Iterable<ParsedScript>,
  textOf: (script: ParsedScript) => Promise<string | null>,
): Promise<Origin> {
  const first = firstOf(script, scripts);
  if (first === script) return 'loaded';
  const [loaded, text] = [await textOf(first), await textOf(script)];
  if (loaded === null || text === null) return 'unknown';
  const { transform } = await import('../transform/transform.js'); // with its parser
  const sourceType = first.isModule ? 'module' : 'commonjs';
  const isEditOf = (innerLinesOnly: boolean, labels: boolean) =>
    transform(loaded, { sourceType, isRunning: true, innerLinesOnly, labels }).code === text;
  // the program may use the name itself
  const isOurs = (text.includes(CURRENT_LABEL) ? [true, false] : [false]).some(
    (labels) => isEditOf(false, labels) || isEditOf(true, labels),
  );
  return isOurs && text !== loaded ? 'former' : 'unknown';
}

/** The script that had the URL first. V8 counts scripts as they come. */
function firstOf(script: ParsedScript, scripts: Iterable<ParsedScript>): ParsedScript {
  let first = script;
  for (const one of scripts) if (one.url === script.url && Number(one.scriptId) < Number(first.scriptId)) first = one;
  return first;
}
