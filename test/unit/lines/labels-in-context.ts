import { AsyncLocalStorage } from 'node:async_hooks';
import vm from 'node:vm';
import { labelRuntimeText } from '../../../src/lines/labels/label-runtime-text.js';

const RUNTIME = new vm.Script(labelRuntimeText({ requests: false, routes: [] }));

/** Puts what a text with labels calls into a context. Its functions are made in this context, as those of a program are in its own. */
export function installLabelsIn(context: vm.Context): void {
  const modules: Record<string, unknown> = {
    async_hooks: { AsyncLocalStorage },
    vm: { runInThisContext: (text: string) => new vm.Script(text).runInContext(context) },
  };
  const install = RUNTIME.runInContext(context) as (load: (name: string) => unknown) => boolean;
  if (!install((name) => modules[name])) throw new Error('the context has labels already');
}
