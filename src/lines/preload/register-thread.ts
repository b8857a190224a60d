import Module from 'node:module';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { afterCalls } from './builtin-module.js';
import type { ThreadData } from './thread-hooks.js';

type Register = (specifier: string, options?: { data: ThreadData; transferList: unknown[] }) => void;

const HOOKS = new URL('./thread-hooks.js', import.meta.url).href;

/**
 * Hooks for ES modules on the loaders' thread, for Node 18 and 20. Registered once more after each other loader, so that the last is ours.
 * @returns a function that gives the problems that were met there since it was called last; undefined where Node has no such hooks (before 18.19)
 */
export function installThreadHooks(): (() => [string, string][]) | undefined {
  const { register } = Module as unknown as { register?: Register };
  if (register === undefined) return undefined;
  const { port1, port2 } = new MessageChannel();
  port1.unref();
  register(HOOKS, { data: { problems: port2 }, transferList: [port2] });
  afterCalls('register', () => register(HOOKS));
  return () => {
    const problems: [string, string][] = [];
    for (let next = receiveMessageOnPort(port1); next; next = receiveMessageOnPort(port1)) problems.push(next.message);
    return problems;
  };
}
