import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import Chrome from 'chrome-remote-interface/lib/chrome.js';
import { ConnectError } from '../errors.js';
import { parseTarget } from './address.js';
import { connectFailure, noAnswer } from './connect-failure.js';
import { errorCode, messageOf } from './error-text.js';
import { PromptAnswers } from './prompt-answers.js';
import { INSPECTOR_CLOSED, type ProtocolFailure, type Transport } from './transport.js';

/** The largest message that chrome-remote-interface accepts. It drops the connection if a message is larger. */
export const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;

const CONNECT_TIMEOUT_MS = 5_000;
/** A stopped target (SIGSTOP) never confirms the close, and ws alone would wait 30 s for it. */
const CLOSE_TIMEOUT_MS = 2_000;
/** The error of ws for a message above the limit. ws also tells the other side (1009) and would wait 30 s for it to confirm. */
const MESSAGE_TOO_BIG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
/**
 * RFC 6455: the other side closed the connection itself. On Node 18 to 26 inspector.close() does so; a process that dies does not (1006).
 */
const GOODBYE = 1005;

export interface WebSocketOptions {
  readonly timeoutMs?: number | undefined;
  /** Called with the open socket before anything is sent. It may pass the socket to another process, but must not read from it. */
  readonly onOpen?: ((socket: Socket) => void) | undefined;
}

/** Opens the WebSocket at `url`. Fails with ConnectError, within `timeoutMs`. */
export async function connectWebSocket(url: string, options: WebSocketOptions = {}): Promise<Transport> {
  const timeoutMs = options.timeoutMs ?? CONNECT_TIMEOUT_MS;
  const notifier = new EventEmitter();
  // An empty descriptor replaces that of Chrome's whole protocol: see docs/decisions/websocket.md.
  const client = new Chrome({ target: url, local: true, protocol: { domains: [] } }, notifier);
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise((resolve, reject) => {
      notifier.once('connect', resolve);
      // `on`, not `once`: when we give up on a handshake, its end is a second error that nobody needs.
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
  readonly #answers = new PromptAnswers((method) => this.#client.send(method, {}, () => {}));
  #lostBy: string | null = null;
  /** Why we gave the connection up; null if we did not. */
  #failure: unknown = null;

  constructor(client: Chrome, socket: NonNullable<Chrome['_ws']>) {
    this.#client = client;
    this.#socket = socket;
    this.#guardMessages();
    socket.on('error', (error: unknown) => this.#giveUp(error));
    // The client's own 'disconnect' event does not carry the code.
    socket.once('close', (code: number) => this.#lose(code));
  }

  post(method: string, params: object, done: (failure: ProtocolFailure | null, result: unknown) => void): void {
    this.#sendTogether();
    this.#answers.sent(method, params);
    this.#client.send(method, params, (error, answer) => {
      this.#answers.answered();
      // The client reports a broken socket as an Error. The close event, which follows, tells more.
      if (typeof error === 'object') return;
      if (error) done(answer as ProtocolFailure, undefined);
      else done(null, answer);
    });
  }

  /** Sends all commands of one turn in one piece, so that a busy program does not run on between two commands that belong together. */
  #sendTogether(): void {
    const { _socket: socket } = this.#socket;
    if (socket.writableCorked > 0) return;
    socket.cork();
    process.nextTick(() => socket.uncork());
  }

  onEvent(listener: (method: string, params: unknown) => void): void {
    this.#client.on('event', ({ method, params }: { method: string; params?: object }) => {
      this.#answers.happened(method, params);
      listener(method, params);
    });
  }

  onClose(listener: (reason: string) => void): void {
    if (this.#lostBy === null) this.#closeListeners.push(listener);
    else listener(this.#lostBy);
  }

  async close(): Promise<void> {
    this.#answers.end();
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS);
    await this.#client.close();
    clearTimeout(timer);
  }

  drop(): void {
    this.#answers.end();
    this.#socket.terminate();
  }

  /** The client parses messages in a listener of the socket. If a message is not JSON, it would throw into the event loop. */
  #guardMessages(): void {
    const readers = this.#socket.listeners('message');
    this.#socket.removeAllListeners('message');
    this.#socket.on('message', (data: unknown) => {
      try {
        for (const read of readers) read.call(this.#socket, data);
        this.#answers.heard();
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
    this.#answers.end();
    this.#lostBy = this.#reason(code);
    for (const listener of this.#closeListeners) listener(this.#lostBy);
  }

  #reason(code: number): string {
    if (errorCode(this.#failure) === MESSAGE_TOO_BIG) {
      const limit = MAX_MESSAGE_BYTES / 2 ** 20;
      return `it sent a message above the limit of ${limit} MiB; attach again and ask for less (a larger interval makes a smaller profile)`;
    }
    if (this.#failure !== null) return `it sent something that no inspector sends (${messageOf(this.#failure)}); check what listens there`;
    if (code === GOODBYE) return INSPECTOR_CLOSED;
    return 'the program ended or was killed, or the network failed; if it still runs, attach again';
  }
}
