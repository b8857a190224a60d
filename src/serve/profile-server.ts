import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListenError } from '../errors.js';
import { type Address, hostPort, isLoopback } from '../protocol/address.js';
import { errorCode, messageOf } from '../protocol/error-text.js';
import { type Admission, admit } from './admission.js';
import type { BearerToken } from './bearer-token.js';
import type { Answer, Endpoints } from './endpoints.js';
import { checkExposure } from './listen-address.js';
import { Refusal } from './refusal.js';
import { Slots } from './slots.js';

export interface ServerOptions {
  readonly address: Address;
  /** Clients must send it; null if only loopback is served. */
  readonly token: BearerToken | null;
  readonly endpoints: Endpoints;
  /** Receives errors that are our own fault. */
  readonly onError: (error: unknown) => void;
}

const MAX_REQUESTS = 64;
const LIMITS = { maxHeaderSize: 8 * 1024, headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
/** Ends the connection of a client that has stopped reading. */
const WRITE_TIMEOUT_MS = 30_000;
/** How long unfinished answers may take after we stop. Who has none after the first time gets the reason instead. */
const LAST_ANSWERS_MS = 1_000;
const PATIENCE_MS = 2_000;

const COMMON_HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Cross-Origin-Resource-Policy': 'same-origin' };

/** Answers HTTP requests until it is stopped. */
export class ProfileServer {
  /** `http://127.0.0.1:6060`. */
  readonly url: string;
  /** Whether only this machine can reach it. */
  readonly onLoopback: boolean;
  readonly #server: Server;
  readonly #endpoints: Endpoints;
  readonly #admission: Admission;
  readonly #onError: (error: unknown) => void;
  readonly #requests = new Slots(MAX_REQUESTS);
  /** The requests that have no answer yet, and what aborts the work on them. */
  readonly #underWay = new Set<{ readonly response: ServerResponse; readonly work: AbortController }>();
  #whyStopped: string | null = null;

  private constructor(server: Server, { token, endpoints, onError }: ServerOptions) {
    this.#server = server;
    this.#endpoints = endpoints;
    const address = addressOf(server);
    this.url = `http://${hostPort(address)}`;
    this.onLoopback = isLoopback(address.host);
    this.#admission = { token, onLoopback: this.onLoopback };
    this.#onError = onError;
    server.on('error', onError); // the server failed to accept a connection; without a listener this would end our process
    server.maxConnections = 2 * MAX_REQUESTS;
    server.on('request', (request, response) => void this.#respond(request, response));
  }

  /** @throws ListenError; UsageError if the address requires a token and there is none */
  static async listen(options: ServerOptions): Promise<ProfileServer> {
    checkExposure(options.address, options.token !== null);
    const server = createServer(LIMITS);
    try {
      await new Promise<void>((resolve, reject) => {
        const { host, port } = options.address;
        server.once('error', reject).listen({ host, port }, resolve);
      });
    } catch (cause) {
      const where = hostPort(options.address);
      const reason = errorCode(cause) === 'EADDRINUSE' ? 'another program listens there' : messageOf(cause);
      throw new ListenError(`cannot listen on ${where}: ${reason}; choose another address (--listen)`, { cause });
    }
    try {
      checkExposure(addressOf(server), options.token !== null); // checked again, because a name may stand for any address
    } catch (error) {
      server.close();
      throw error;
    }
    return new ProfileServer(server, options);
  }

  /** Refuses new and waiting requests with the reason. Answers that are being sent get two more seconds. */
  async stop(reason: string): Promise<void> {
    this.#whyStopped = reason;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    const answered = Promise.all([...this.#underWay].map(({ response }) => new Promise((resolve) => response.once('close', resolve))));
    for (const { work } of this.#underWay) work.abort();
    const patience = new AbortController();
    await Promise.race([answered, sleep(PATIENCE_MS, undefined, { signal: patience.signal })]);
    patience.abort();
    this.#server.closeAllConnections();
    await closed;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const underWay = { response, work: new AbortController() };
    this.#underWay.add(underWay);
    response.once('close', () => {
      underWay.work.abort();
      this.#underWay.delete(underWay);
    });
    try {
      const { signal } = underWay.work;
      const answer = await Promise.race([this.#answer(request, signal), end(signal)]);
      if (this.#whyStopped !== null) response.shouldKeepAlive = false;
      send(response, 200, answer);
    } catch (error) {
      refuse(response, this.#refusalOf(error, underWay.work.signal));
    }
  }

  #refusalOf(error: unknown, { aborted }: AbortSignal): Refusal {
    if (error instanceof Refusal) return error;
    if (aborted) return new Refusal(503, this.#whyStopped ?? 'the client is gone');
    this.#onError(error);
    return new Refusal(500, 'the answer failed; the stderr of tracemalloc serve says why');
  }

  async #answer(request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    admit(request, this.#admission);
    if (this.#whyStopped !== null) throw new Refusal(503, this.#whyStopped);
    if (!URL.canParse(request.url ?? '', 'http://localhost')) throw new Refusal(400, 'this is not a URL');
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const leave = this.#requests.enter();
    try {
      return await this.#endpoints.answer(pathname, { query: searchParams, signal });
    } finally {
      leave();
    }
  }
}

/** Rejects a while after the abort: a target that is stopped gives no answer for long. */
function end(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const later = () => setTimeout(() => reject(signal.reason), LAST_ANSWERS_MS).unref();
    signal.addEventListener('abort', later, { once: true });
  });
}

function send(response: ServerResponse, status: number, { type, headers, body }: Answer): void {
  if (response.destroyed) return; // the client is gone
  response.setTimeout(WRITE_TIMEOUT_MS);
  response.writeHead(status, { ...COMMON_HEADERS, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

/** With this header `go tool pprof` prints the text of the answer. Without it, only the status. */
function refuse(response: ServerResponse, { status, message, headers }: Refusal): void {
  const marked = { 'X-Go-Pprof': '1', Connection: 'close', ...headers };
  send(response, status, { type: 'text/plain; charset=utf-8', headers: marked, body: `${message}\n` });
}

function addressOf(server: Server): Address {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}
