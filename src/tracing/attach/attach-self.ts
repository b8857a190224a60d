import { connectSelf } from '../../discovery/connect.js';
import { packagedScript } from '../../discovery/script-path.js';
import { Lifecycle } from '../tracer/lifecycle.js';
import { Tracer } from '../tracer/tracer.js';

/**
 * A tracer of the process that calls this, through node:inspector and without a socket. It throws UnsupportedError for what a process cannot do to
 * itself: `onMark`, `onOom`, object mode, and true lines if the process was not loaded with them.
 */
export async function attachSelf(): Promise<Tracer> {
  const life = new Lifecycle({
    session: connectSelf(),
    info: {
      pid: process.pid,
      title: process.title,
      nodeVersion: process.version,
      ...packagedScript(process.argv[1]),
    },
    localPid: process.pid,
    maxMessageBytes: Number.POSITIVE_INFINITY,
    isSelf: true,
  });
  return new Tracer(life);
}
