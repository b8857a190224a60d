import { Session as InspectorSession } from 'node:inspector';
import { MessageQueue } from './message-queue.js';
import type { ProtocolFailure, Transport } from './transport.js';

/** These come while a command of ours runs, and a heap snapshot has too many of them to keep them until it ends. */
const AT_ONCE = /^HeapProfiler\./;

/**
 * The transport to the isolate of the caller, without a socket. V8 answers most commands, including those of HeapProfiler, before `post`
 * returns (measured on Node 18 to 26). The session does not keep the event loop alive: the program ends when it would end without it.
 */
export function connectInProcess(): Transport {
  const inspector = new InspectorSession();
  inspector.connect();
  return transportOf(inspector);
}

/** The transport from a worker to the main thread of its process, which answers even while it is busy in synchronous JavaScript. */
export function connectToMainThread(): Transport {
  const inspector = new InspectorSession();
  inspector.connectToMainThread();
  return transportOf(inspector);
}

function transportOf(inspector: InspectorSession): Transport {
  const messages = new MessageQueue();
  return {
    post(method, params, done) {
      inspector.post(method, params, (error: Error | null, result?: object) => {
        if (error === null) messages.add(() => done(null, result ?? {}));
        else messages.add(() => done(protocolFailure(error), undefined));
      });
    },
    onEvent(listener) {
      inspector.on('inspectorNotification', ({ method, params }) => {
        if (AT_ONCE.test(method)) listener(method, params);
        else messages.add(() => listener(method, params));
      });
    },
    onClose() {
      // This conversation is within one isolate and ends only with it, or by close().
    },
    close() {
      this.drop();
      return Promise.resolve();
    },
    drop() {
      inspector.removeAllListeners();
      inspector.disconnect();
    },
  };
}

/** Node wraps V8's answer, `{ code, message }`, in an Error whose message is `Inspector error -32000: …`. */
function protocolFailure({ message }: Error): ProtocolFailure {
  const [, code, original] = /^Inspector error (-?\d+): ([\s\S]*)$/.exec(message) ?? [];
  return code === undefined || original === undefined ? { message } : { code: Number(code), message: original };
}
