import Module from 'node:module';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { afterCalls } from './builtin-module.js';
import type { ThreadData } from './thread-hooks.js';

type Register = (specifier: string, options?: { data: ThreadData; transferList: unknown[] }) => void;

const HOOKS = new URL('./thread-hooks.js', import.meta.url).href;

/**
 * Hooks for ES modules on the loaders' thread, for Node 18 and 20.
 *
 * @param onProblem is told at the program's end of the files that could not be instrumented
 * @returns what registers them, once; undefined where Node has no such hooks (before 18.19)
 */
export function threadHooks(onProblem: (filename: string, problem: string) => void): (() => void) | undefined {
  const { register } = Module as unknown as { register?: Register };
  if (register === undefined) return undefined;
  let isInstalled = false;
  const install = () => {
    if (isInstalled) return;
    isInstalled = true;
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    register(HOOKS, { data: { problems: port2 }, transferList: [port2] });
    process.prependListener('exit', () => {
      for (let next = receiveMessageOnPort(port1); next; next = receiveMessageOnPort(port1))
        onProblem(...(next.message as [string, string]));
    });
  };
  // Registered once more after each other loader, so that the last is ours.
  afterCalls('register', () => (isInstalled ? register(HOOKS) : install()));
  return install;
}
