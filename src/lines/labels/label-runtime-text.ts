import { readFileSync } from 'node:fs';
import { OTHER_LABELS } from '../../text/other-labels.js';
import { LABEL_SCRIPT } from '../../text/own-scripts.js';
import type { LabelChoice } from './label-choice.js';
import { CURRENT_LABEL, LABEL_REGISTRY } from './label-names.js';

/**
 * The text of a function that puts labels into the program in which it runs. It takes the program's `require`, and returns false if the program has
 * labels already.
 */
export function labelRuntimeText({ requests, routes }: LabelChoice): string {
  const source = readFileSync(new URL('../../lines/labels/label-runtime.cjs', import.meta.url), 'utf8');
  const names = { current: CURRENT_LABEL, registry: LABEL_REGISTRY, script: LABEL_SCRIPT, other: OTHER_LABELS };
  const body = source.replace(/^\/\/# sourceMappingURL=.*$/m, '');
  const settings = JSON.stringify({ requests, routes, names });
  return `(load => { const module = {}; ((module, exports) => {${body}\n})(module, {}); return module.exports.install(load, ${settings}); })`;
}
