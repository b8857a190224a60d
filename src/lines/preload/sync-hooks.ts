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
/** From 22.15 and 23.5 on; the types that we compile with are older. */
type RegisterHooks = (hooks: Hooks) => { deregister(): void };

/**
 * Hooks for ES modules in the program's own thread. The hook that was registered last is asked first and sees what all others answered, so
 * ours moves there whenever another is registered. (Hooks of `module.register` come after all of these.)
 * @returns false where Node has no such hooks
 */
export function installSyncHooks(instrument: Instrument): boolean {
  const { registerHooks } = Module as unknown as { registerHooks?: RegisterHooks };
  if (registerHooks === undefined) return false;
  const hooks: Hooks = {
    load(url, context, nextLoad) {
      const answer = nextLoad(url, context);
      const isRequired = context.conditions?.includes('require') ?? false;
      if (isRequired && answer.format !== 'module') return answer; // the compile step's
      return instrumentedModule(answer, url, instrument);
    },
  };
  let registration = registerHooks(hooks);
  afterCalls('registerHooks', () => {
    registration.deregister();
    registration = registerHooks(hooks);
  });
  return true;
}
