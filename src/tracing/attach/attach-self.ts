import { connectSelf } from '../../discovery/connect.js';
import { Lifecycle } from '../tracer/lifecycle.js';
import { Tracer } from '../tracer/tracer.js';

/**
 * A tracer of the process that calls it, through node:inspector and without a socket.
 * Everything but `onMark` works; a process cannot pause itself.
 */
export async function attachSelf(): Promise<Tracer> {
  const life = new Lifecycle({
    session: connectSelf(),
    info: { pid: process.pid, title: process.title, nodeVersion: process.version },
    maxMessageBytes: Number.POSITIVE_INFINITY,
    isSelf: true,
  });
  return new Tracer(life);
}
