import { repoPath } from './paths.js';

/** A program that leaks, or seems to, and the path that a person who has read it would name. */
export interface HolderProgram {
  readonly name: string;
  readonly file: string;
  /** What is asked for. */
  readonly what: string;
  /** How many of them the path holds. */
  readonly count: number;
  /** As `pathText` writes it. */
  readonly path: string;
  /** The least that would be free without them, in bytes. */
  readonly retained: number;
  /** The link that a person would change, which alone keeps all of them alive. Empty if there is none: each has a holder of its own. */
  readonly holder: string;
  /** If it is not the main thread. */
  readonly thread?: string;
}

const program = (file: string, expected: Omit<HolderProgram, 'name' | 'file'>): HolderProgram => ({
  name: file,
  file: repoPath('fixtures', 'programs', 'holders', file),
  ...expected,
});

/** Written before the code that finds them. */
export const HOLDER_PROGRAMS: readonly HolderProgram[] = [
  program('map.cjs', {
    what: 'User',
    count: 1000,
    path: 'global.cache → Map → entry → Session.user',
    retained: 1000 * 16,
    holder: 'global.cache',
  }),
  program('timer.cjs', {
    what: 'Reading',
    count: 1000,
    path: 'timer → handler (timer.cjs:8) → variable seen → Array → []',
    retained: 1000 * 16,
    holder: 'variable seen',
  }),
  program('listener.cjs', {
    what: 'Connection',
    count: 1000,
    path: "module listener.cjs → variable bus → EventEmitter 'message' listener → onMessage (listener.cjs:11) → variable connection",
    retained: 1000 * 16,
    holder: 'variable bus',
  }),
  program('promise.cjs', {
    what: 'Job',
    count: 1000,
    path: 'module promise.cjs → variable waiting → Map → entry → resolve function → Promise → await in handle (promise.cjs:11) → local variable',
    retained: 1000 * 16,
    holder: 'variable waiting',
  }),
  program('detached.cjs', {
    what: 'Row',
    count: 999,
    path: 'module detached.cjs → variable lastFocused → Row.panel → Panel.rows → Array → []',
    retained: 999 * 16,
    holder: 'variable lastFocused',
  }),
  program('modules.cjs', {
    what: 'Template',
    count: 100,
    path: 'module modules.cjs → Module.children → Array → [] → Module.exports → Object.template',
    retained: 100 * 16,
    holder: '',
  }),
  program('async-storage.cjs', {
    what: 'RequestState',
    count: 1000,
    path: 'timer → AsyncLocalStorage store',
    retained: 1000 * 16,
    holder: '',
  }),
  program('weak-map.cjs', {
    what: 'Profile',
    count: 100,
    path: 'module weak-map.cjs → variable users → Array → [] → User → WeakMap entry',
    retained: 100 * 16,
    holder: 'variable users',
  }),
  program('buffers.cjs', {
    what: 'Buffer',
    count: 100,
    path: 'module buffers.cjs → variable queue → Queue.chunks → Array → []',
    retained: 100 * 100_000,
    holder: 'Queue.chunks',
  }),
  program('worker.cjs', {
    what: 'Job',
    count: 1000,
    path: 'timer → (anonymous) (worker.cjs:15) → variable pending → Set → entry',
    retained: 1000 * 16,
    holder: 'variable pending',
    thread: 'worker 1',
  }),
];
