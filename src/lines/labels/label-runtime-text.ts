import { readFileSync } from 'node:fs';
import { OTHER_LABELS } from '../../text/other-labels.js';
import { LABEL_SCRIPT } from '../../text/own-scripts.js';
import type { LabelChoice } from './label-choice.js';
import { CURRENT_LABEL, LABEL_REGISTRY } from './label-names.js';

/** Each may require those before it. */
const MODULES = ['request-routes', 'request-labels', 'label-runtime'];

/**
 * The text of a function that puts labels into the program in which it runs. It takes the program's `require`, and returns false if the program has
 * labels already.
 */
export function labelRuntimeText({ requests, routes }: LabelChoice): string {
  const names = { current: CURRENT_LABEL, registry: LABEL_REGISTRY, script: LABEL_SCRIPT, other: OTHER_LABELS };
  const settings = JSON.stringify({ requests, routes, names });
  return `(load => {
const own = {};
const require = (name) => own[name];
${MODULES.map(defined).join('\n')}
return own['./label-runtime.cjs'].install(load, ${settings});
})`;
}

function defined(name: string): string {
  const source = readFileSync(new URL(`../../lines/labels/${name}.cjs`, import.meta.url), 'utf8');
  const body = source.replace(/^\/\/# sourceMappingURL=.*$/m, '');
  return `{ const module = {}; ((module, exports) => {${body}\n})(module, {}); own['./${name}.cjs'] = module.exports; }`;
}
