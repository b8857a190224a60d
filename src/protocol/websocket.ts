import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import Chrome from 'chrome-remote-interface/lib/chrome.js';
import { ConnectError } from '../errors.js';
import { parseTarget } from './address.js';
import { connectFailure, noAnswer } from './connect-failure.js';
import { errorCode, messageOf } from './error-text.js';
import { INSPECTOR_CLOSED, type ProtocolFailure, type Transport } from './transport.js';

/** The largest message that chrome-remote-interface accepts; it drops the connection at a larger one. */
export const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

const CONNECT_TIMEOUT_MS = 5_000;
/** A target that is stopped (SIGSTOP) never confirms the close; ws alone would wait for 30 s. */
const CLOSE_TIMEOUT_MS = 2_000;
/** What ws says of a message above the limit; it also tells the other side (1009) and would wait 30 s for it to confirm. */
const MESSAGE_TOO_BIG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
/** RFC 6455: the other side said goodbye. Measured on Node 18 to 26: inspector.close() does, a process that dies does not (1006). */
const GOODBYE = 1005;

export interface WebSocketOptions {
  readonly timeoutMs?: number | undefined;
  /** Called with the connection below before anything is sent over it. It may hand it to another process, not read from it. */
  readonly onOpen?: ((socket: Socket) => void) | undefined;
}

/** Opens the WebSocket at `url`. Fails with ConnectError, within `timeoutMs`. */
export async function connectWebSocket(url: string, options: WebSocketOptions = {}): Promise<Transport> {
  const timeoutMs = options.timeoutMs ?? CONNECT_TIMEOUT_MS;
  const notifier = new EventEmitter();
  // An empty descriptor in place of the one of Chrome's whole protocol: see docs/decisions/websocket.md.
  const client = new Chrome({ target: url, local: true, protocol: { domains: [] } }, notifier);
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise((resolve, reject) => {
      notifier.once('connect', resolve);
      // `on`: the end of a handshake that was given up is one more error, which nobody needs.
      notifier.on('error', reject);
      timer = setTimeout(() => reject(noAnswer(timeoutMs)), timeoutMs);
    });
  } catch (error) {
    client._ws?.terminate();
    throw connectFailure(error, parseTarget(url));
  } finally {
    clearTimeout(timer);
  }
  if (client._ws === undefined) throw new ConnectError(`chrome-remote-interface opened no WebSocket at ${url}`);
  options.onOpen?.(client._ws._socket);
  return new WebSocketTransport(client, client._ws);
}

class WebSocketTransport implements Transport {
  readonly #client: Chrome;
  readonly #socket: NonNullable<Chrome['_ws']>;
  readonly #closeListeners: ((reason: string) => void)[] = [];
  #lostBy: string | null = null;
  /** Why we could not go on, where it was us. */
  #failure: unknown = null;

  constructor(client: Chrome, socket: NonNullable<Chrome['_ws']>) {
    this.#client = client;
    this.#socket = socket;
    this.#guardMessages();
    socket.on('error', (error: unknown) => this.#giveUp(error));
    // Not the client's 'disconnect', which does not tell the code.
    socket.once('close', (code: number) => this.#lose(code));
  }

  post(method: string, params: object, done: (failure: ProtocolFailure | null, result: unknown) => void): void {
    this.#sendTogether();
    this.#client.send(method, params, (error, answer) => {
      // The client reports a socket that failed as an Error: the close, which follows, says more.
      if (typeof error === 'object') return;
      if (error) done(answer as ProtocolFailure, undefined);
      else done(null, answer);
    });
  }

  /** What is sent in one turn goes out in one piece, so that a busy program does not run on between two commands that belong together. */
  #sendTogether(): void {
    const { _socket: socket } = this.#socket;
    if (socket.writableCorked > 0) return;
    socket.cork();
    process.nextTick(() => socket.uncork());
  }

  onEvent(listener: (method: string, params: unknown) => void): void {
    this.#client.on('event', ({ method, params }: { method: string; params: unknown }) => listener(method, params));
  }

  onClose(listener: (reason: string) => void): void {
    if (this.#lostBy === null) this.#closeListeners.push(listener);
    else listener(this.#lostBy);
  }

  async close(): Promise<void> {
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS);
    await this.#client.close();
    clearTimeout(timer);
  }

  /** The client parses messages in a listener of the socket, where text that is not JSON would throw into the event loop. */
  #guardMessages(): void {
    const readers = this.#socket.listeners('message');
    this.#socket.removeAllListeners('message');
    this.#socket.on('message', (data: unknown) => {
      try {
        for (const read of readers) read.call(this.#socket, data);
      } catch (error) {
        this.#giveUp(error);
      }
    });
  }

  #giveUp(error: unknown): void {
    this.#failure ??= error;
    this.#socket.terminate();
  }

  #lose(code: number): void {
    this.#lostBy = this.#reason(code);
    for (const listener of this.#closeListeners) listener(this.#lostBy);
  }

  #reason(code: number): string {
    if (errorCode(this.#failure) === MESSAGE_TOO_BIG) {
      const limit = MAX_MESSAGE_BYTES / 2 ** 20;
      return `it sent a message above the limit of ${limit} MiB; attach again and ask for less (a larger interval makes a smaller profile)`;
    }
    if (this.#failure !== null) return `it sent what no inspector sends (${messageOf(this.#failure)}); check what listens there`;
    if (code === GOODBYE) return INSPECTOR_CLOSED;
    return 'the program ended or was killed, or the network failed; if it still runs, attach again';
  }
}
