import Module from 'node:module';
import { afterCalls } from './builtin-module.js';
import type { Instrument } from './instrument.js';
import { instrumentedModule, type Loaded } from './module-text.js';

interface LoadContext {
  readonly conditions?: readonly string[];
}
interface Hooks {
  load(url: string, context: LoadContext, nextLoad: (url: string, context: LoadContext) => Loaded): Loaded;
}
/** Exists from 22.15 and 23.5 on. The types that we compile with are older. */
type RegisterHooks = (hooks: Hooks) => { deregister(): void };

/**
 * Hooks for ES modules in the program's own thread. The hook registered last is called first and sees the answers of all others. So ours is
 * registered anew whenever another hook is. (Hooks of `module.register` are called after all of these.)
 * @returns a function that registers the hooks, to be called once; undefined if Node has no such hooks
 */
export function syncHooks(instrument: Instrument): (() => void) | undefined {
  const { registerHooks } = Module as unknown as { registerHooks?: RegisterHooks };
  if (registerHooks === undefined) return undefined;
  const hooks: Hooks = {
    load(url, context, nextLoad) {
      const answer = nextLoad(url, context);
      const isRequired = context.conditions?.includes('require') ?? false;
      if (isRequired && answer.format !== 'module') return answer; // the compile step handles it
      return instrumentedModule(answer, url, instrument);
    },
  };
  let registration: { deregister(): void } | undefined;
  const register = () => {
    registration?.deregister();
    registration = registerHooks(hooks);
  };
  afterCalls('registerHooks', register);
  return () => {
    if (registration === undefined) register();
  };
}
