import { DebuggerDomain } from '../../protocol/debugger-domain.js';
import { readHeapUsage } from '../../protocol/evaluate.js';
import type { Session } from '../../protocol/session.js';
import type { Caretaker } from '../cleanup/caretaker.js';
import { ScriptMaps } from './script-maps.js';
import { TrueLines } from './true-lines.js';

/** One isolate of a target, of the main thread or of a worker, and what we know of its scripts, whether it is traced or not. */
export interface Isolate {
  /** `main`, `worker 3 (name)`. */
  readonly thread: string;
  readonly session: Session;
  readonly domain: DebuggerDomain;
  readonly trueLines: TrueLines;
  readonly maps: ScriptMaps;
  /** The largest message that its conversation carries, in bytes. */
  readonly maxMessageBytes: number;
  /** false: its conversation travels inside that of the main thread. */
  readonly hasOwnConnection: boolean;
  /** Whether each reading learns the names of its scripts, which its collection may forget, and of their source maps. It takes 20 to 250 ms. */
  readonly learnsScripts: boolean;
  /** The longest time that its profile may take, in ms; default: that of the Sampler. */
  readonly profileTimeoutMs?: number | undefined;
}

interface IsolateOptions extends Pick<Isolate, 'thread' | 'maxMessageBytes' | 'hasOwnConnection' | 'learnsScripts' | 'profileTimeoutMs'> {
  /** false: its running code cannot be replaced. */
  readonly canEdit: boolean;
  readonly caretaker: Caretaker;
  /** `main`, or the id of the worker. */
  readonly threadId: string;
}

export function isolateOf(session: Session, { canEdit, caretaker, threadId: thread, ...isolate }: IsolateOptions): Isolate {
  const domain = new DebuggerDomain(session);
  const nameOf = (scriptId: string) => `script ${scriptId} of ${thread}`;
  const journal = {
    edits: (scriptId: string, source: string) => caretaker.add(nameOf(scriptId), { kind: 'script', thread, scriptId, source }),
    restored: (scriptId: string) => caretaker.done(nameOf(scriptId)),
    labels: () => caretaker.add(`labels of ${thread}`, { kind: 'labels', thread }),
    unlabelled: () => caretaker.done(`labels of ${thread}`),
  };
  const trueLines = new TrueLines(session, { domain, canEdit, journal });
  return { ...isolate, session, domain, trueLines, maps: new ScriptMaps({ session, domain, trueLines }) };
}

export async function heapUsedOf({ session }: Isolate): Promise<number> {
  return (await readHeapUsage(session, { doing: 'watching the heap usage' })).usedSize;
}
