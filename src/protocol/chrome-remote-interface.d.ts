/** The part that websocket.ts uses. The community's types pin an old devtools-protocol and do not describe the class itself. */
declare module 'chrome-remote-interface/lib/chrome.js' {
  import type { EventEmitter } from 'node:events';
  import type { Socket as NetSocket } from 'node:net';

  interface Options {
    /** The WebSocket URL. */
    target: string;
    /** Never fetch /json/protocol. */
    local: boolean;
    /** Replaces the descriptor of all of Chrome's protocol. */
    protocol: { domains: never[] };
  }

  /** The part of a ws 7 socket that we use. */
  interface Socket extends EventEmitter {
    terminate(): void;
    /** Exists while the WebSocket is open. */
    _socket: NetSocket;
  }

  export default class Chrome extends EventEmitter {
    /** Emits 'connect' or 'error' on `notifier`. */
    constructor(options: Options, notifier: EventEmitter);
    /** Absent until the handshake begins, some microtasks after construction. */
    _ws?: Socket;
    /** `error` is false, true (then `answer` is the protocol's error), or an Error of the socket. */
    send(method: string, params: object, callback: (error: boolean | Error, answer: unknown) => void): void;
    close(): Promise<void>;
  }
}
