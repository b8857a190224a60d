import { once } from 'node:events';
import { Agent, request as requestOf } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import type { Duplex, Readable, Writable } from 'node:stream';

/** Speak HTTP/2; all other kinds of servers speak HTTP/1. */
const HTTP2 = ['compat', 'stream'];
const AT_ONCE = 50;
const PIECES = ['piece one ', 'piece two ', 'piece end '];

interface Order {
  readonly kind: string;
  readonly path: string;
}

export interface Orders {
  /** By kind of server. */
  readonly ports: Readonly<Record<string, number>>;
  readonly routes: readonly number[];
  readonly perRoute: number;
}

/** Sends requests to routes of all servers, 50 at a time, whose bodies come in three pieces with those of other requests between them. */
export async function sendRequests({ ports, routes, perRoute }: Orders): Promise<void> {
  const paths = (kind: string) => (route: number) => Array.from({ length: perRoute }, (_, id) => `/${kind}/r${route}/${id}?at=${id}`);
  const orders = Object.keys(ports).flatMap((kind) => routes.flatMap(paths(kind)).map((path): Order => ({ kind, path })));
  const agent = new Agent({ keepAlive: true });
  const sessions = new Map(HTTP2.map((kind) => [kind, connect(`http://127.0.0.1:${ports[kind]}`)]));
  const one = async ({ kind, path }: Order) => {
    const session = sessions.get(kind);
    const body = session ? await overHttp2(session, path) : await overHttp1({ agent, port: ports[kind]!, path });
    if (body !== 'ab') throw new Error(`${kind} ${path} was answered by ${JSON.stringify(body)}`);
  };
  const worker = async () => {
    for (let next = orders.shift(); next; next = orders.shift()) await one(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  agent.destroy();
  for (const session of sessions.values()) session.close();
}

async function overHttp1({ agent, port, path }: { agent: Agent; port: number; path: string }): Promise<string> {
  const request = requestOf({ agent, port, host: '127.0.0.1', path, method: 'POST', headers: { 'content-type': 'x/y' } });
  const answered = once(request, 'response') as Promise<[Readable]>;
  await sendPieces(request);
  const [response] = await answered;
  return textOf(response);
}

async function overHttp2(session: ClientHttp2Session, path: string): Promise<string> {
  const stream: Duplex = session.request({ ':method': 'POST', ':path': path }, { endStream: false });
  const text = textOf(stream);
  await sendPieces(stream);
  return text;
}

async function sendPieces(body: Writable): Promise<void> {
  for (const piece of PIECES) {
    await new Promise((resolve) => body.write(piece, resolve));
    await new Promise(setImmediate);
  }
  body.end();
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const piece of stream) text += String(piece);
  return text;
}
