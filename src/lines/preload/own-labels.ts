import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import { messageOf } from '../../protocol/error-text.js';
import { LABEL_RUNTIME } from '../../text/own-scripts.js';
import { readLabelChoice } from '../labels/label-choice.js';
import { labelRuntimeText } from '../labels/label-runtime-text.js';

/**
 * Puts labels into this thread, if the environment asks for them. What the environment says wrong is one line on stderr: it must not stop the program.
 *
 * @returns whether there are labels
 */
export function installOwnLabels(): boolean {
  try {
    const choice = readLabelChoice();
    if (choice === null) return false;
    const install = runInThisContext(labelRuntimeText(choice), { filename: LABEL_RUNTIME }) as (load: NodeJS.Require) => boolean;
    install(createRequire(import.meta.url));
    return true;
  } catch (error) {
    process.stderr.write(`node-tracemalloc: there are no labels: ${messageOf(error)}\n`);
    return false;
  }
}
