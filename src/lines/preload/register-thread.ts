import Module from 'node:module';
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { afterCalls } from './builtin-module.js';
import type { Listener } from './instrument.js';
import type { Making } from './rewriting.js';
import type { News, ThreadData } from './thread-hooks.js';

type Register = (specifier: string, options?: { data: ThreadData; transferList: unknown[] }) => void;

const HOOKS = new URL('./thread-hooks.js', import.meta.url).href;

interface ThreadHooks {
  /** Installs the hooks. Later calls do nothing. */
  install(): void;
  /** Passes all news to the listener. */
  receive(): void;
}

/**
 * Hooks for ES modules on the loaders' thread, for Node 18 and 20.
 *
 * @param listener receives scripts at each call of `receive`, and problems at the end of the program
 * @returns undefined if Node has no such hooks (before 18.19)
 */
export function threadHooks(listener: Listener, making: Making): ThreadHooks | undefined {
  const { register } = Module as unknown as { register?: Register };
  if (register === undefined) return undefined;
  let port: MessagePort | undefined;
  const receive = () => {
    for (let next = port && receiveMessageOnPort(port); next; next = receiveMessageOnPort(port!)) {
      const news = next.message as News;
      if ('script' in news) listener.onScript(...news.script);
      else listener.onProblem(...news.problem);
    }
  };
  const install = () => {
    if (port) return;
    const { port1, port2 } = new MessageChannel();
    port = port1;
    port.unref();
    register(HOOKS, { data: { news: port2, making }, transferList: [port2] });
    process.prependListener('exit', receive);
  };
  // Whenever another loader registers, we register again, so that ours stays the last.
  afterCalls('register', () => (port ? register(HOOKS) : install()));
  return { install, receive };
}
