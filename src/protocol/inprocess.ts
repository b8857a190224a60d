import { Session as InspectorSession } from 'node:inspector';
import type { ProtocolFailure, Transport } from './transport.js';

/**
 * The transport to the isolate that calls it, without a socket. V8 answers most commands, HeapProfiler's among them, before `post` returns
 * (measured on Node 18 to 26). The session is no handle of the event loop: a program ends as it would without it.
 */
export function connectInProcess(): Transport {
  const inspector = new InspectorSession();
  inspector.connect();
  return {
    post(method, params, done) {
      inspector.post(method, params, (error: Error | null, result?: object) => {
        if (error === null) done(null, result ?? {});
        else done(protocolFailure(error), undefined);
      });
    },
    onEvent(listener) {
      inspector.on('inspectorNotification', ({ method, params }) => listener(method, params));
    },
    onClose() {
      // The conversation lives in this isolate and ends only with it, or by close().
    },
    close() {
      inspector.removeAllListeners();
      inspector.disconnect();
      return Promise.resolve();
    },
  };
}

/** Node wraps V8's answer, `{ code, message }`, in an Error whose message is `Inspector error -32000: …`. */
function protocolFailure({ message }: Error): ProtocolFailure {
  const [, code, original] = /^Inspector error (-?\d+): ([\s\S]*)$/.exec(message) ?? [];
  return code === undefined || original === undefined ? { message } : { code: Number(code), message: original };
}
