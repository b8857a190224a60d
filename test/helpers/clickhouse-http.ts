import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';

/** Carries out SQL, and gives the result as bytes of a format. Rejects with ClickHouse's own text: `Code: 60. DB::Exception: …. (UNKNOWN_TABLE)`. */
export type Engine = (sql: string, format: string) => Promise<Uint8Array>;

export interface User {
  readonly name: string;
  readonly password: string;
}

/** Parameters of the interface that are no settings of the query. */
const NO_SETTINGS = new Set([
  'query',
  'database',
  'query_id',
  'session_id',
  'role',
  'default_format',
  'enable_http_compression',
  'wait_end_of_query',
]);
const SETTING_NAME = /^[a-z]\w*$/;
/** As the server answers: https://clickhouse.com/docs/interfaces/http. */
const STATUS: Readonly<Record<number, number>> = { 36: 400, 47: 400, 60: 404, 62: 400, 81: 404, 115: 404, 516: 403 };

/** Puts ClickHouse's HTTP interface before an engine, one query after the other: parameters and the database belong to the engine's only session. @returns the port */
export async function serveEngine(engine: Engine, user: User): Promise<number> {
  let turn: Promise<unknown> = Promise.resolve();
  const server = createServer((request, response) => {
    const answer = turn.then(() => answerRequest(request, response, { engine, user }));
    turn = answer.catch((error: unknown) => sendError(response, String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { engine, user }: { readonly engine: Engine; readonly user: User },
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/ping') return void response.end('Ok.\n');
  const body = await bodyOf(request);
  if (!isUser(request, user))
    return sendError(
      response,
      'Code: 516. DB::Exception: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)',
    );
  try {
    const { sql, parameters } = queryOf(request, searchParams, body);
    const database = searchParams.get('database');
    if (database !== null) await engine(`USE ${identifier(database)}`, 'TSV');
    for (const [name, value] of searchParams)
      if (!name.startsWith('param_') && !NO_SETTINGS.has(name)) await engine(`SET ${checkedName(name)} = ${literal(value)}`, 'TSV');
    for (const [name, value] of parameters) await engine(`SET ${checkedName(name)} = ${literal(value)}`, 'TSV');
    send(request, response, await engine(sql, searchParams.get('default_format') ?? 'TSV'));
  } catch (error) {
    sendError(response, error instanceof Error ? error.message : String(error));
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const body = await buffer(request);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** The client sends the credentials as basic authorization. */
function isUser({ headers: { authorization = '' } }: IncomingMessage, { name, password }: User): boolean {
  return authorization === `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** The query stands in the body, in the URL with its data in the body, or in a form if its parameters are long. */
function queryOf({ headers }: IncomingMessage, url: URLSearchParams, body: Buffer): { sql: string; parameters: [string, string][] } {
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
  const form = boundary === undefined ? [] : partsOf(body.toString(), boundary);
  const query = form.find(([name]) => name === 'query')?.[1] ?? url.get('query');
  const sql = boundary === undefined ? [query, body.toString()].filter(Boolean).join('\n') : (query ?? '');
  return { sql, parameters: [...url, ...form].filter(([name]) => name.startsWith('param_')) };
}

function partsOf(form: string, boundary: string): [string, string][] {
  return form
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [head = '', ...text] = part.split('\r\n\r\n');
      return [/name="([^"]+)"/.exec(head)?.[1] ?? '', text.join('\r\n\r\n').replace(/\r\n$/, '')];
    });
}

function send(request: IncomingMessage, response: ServerResponse, result: Uint8Array): void {
  response.setHeader('X-ClickHouse-Summary', '{}');
  const isCompressed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') && request.url?.includes('enable_http_compression=1');
  if (!isCompressed) return void response.end(result);
  response.setHeader('Content-Encoding', 'gzip');
  response.end(gzipSync(result, { level: 1 }));
}

function sendError(response: ServerResponse, message: string): void {
  const code = Number(/Code: (\d+)/.exec(message)?.[1] ?? 1002);
  response.writeHead(STATUS[code] ?? 500, { 'X-ClickHouse-Exception-Code': `${code}` }).end(`${message} (version 26.7.2.1)\n`);
}

function identifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function checkedName(name: string): string {
  if (!SETTING_NAME.test(name)) throw new Error(`Code: 115. DB::Exception: Unknown setting ${name}. (UNKNOWN_SETTING)`);
  return name;
}
