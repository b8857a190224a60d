import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { ConnectionLostError, ListenError, ProfileTooLargeError } from '../../../src/errors.js';
import { type Ledger, Snapshot } from '../../../src/index.js';
import { BearerToken } from '../../../src/serve/bearer-token.js';
import { Endpoints } from '../../../src/serve/endpoints.js';
import { ProfileServer, type ServerOptions } from '../../../src/serve/profile-server.js';
import { SharedSnapshots } from '../../../src/serve/shared-snapshots.js';
import { ask, type Reply } from '../../helpers/ask.js';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const TOKEN = 'a-token-of-the-tests';
const servers: ProfileServer[] = [];
const faults: unknown[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop('the test is over');
  expect(faults.splice(0)).toEqual([]);
});

interface Served {
  readonly address?: ServerOptions['address'];
  readonly take?: () => Promise<Snapshot>;
  readonly token?: string;
  readonly show?: (snapshot: Snapshot) => Snapshot;
  readonly readLedger?: () => Promise<Ledger | null>;
}

function anyMemory(): Snapshot {
  const snapshot = Snapshot.fromTraces([{ size: 100, count: 2, frames: [['a.js', 1]] }]);
  return new Snapshot({
    ...snapshot,
    capture: { ...snapshot.capture, target: { pid: 7, title: `<img src=x onerror="a">`, nodeVersion: 'v1' } },
  });
}

async function served({
  address = LOOPBACK,
  take = async () => anyMemory(),
  token,
  show = (snapshot) => snapshot,
  readLedger = async () => null,
}: Served = {}): Promise<ProfileServer> {
  const server = await ProfileServer.listen({
    address,
    token: token === undefined ? null : new BearerToken(token, 'it'),
    endpoints: new Endpoints(new SharedSnapshots(take, () => {}), { show, readLedger, isChurn: false }),
    onError: (error) => faults.push(error),
  });
  servers.push(server);
  return server;
}

it('the metrics have one ledger for each snapshot, and go without one that cannot be read', async () => {
  const rows = [{ kind: 'heap', thread: 'main', bytes: 120, estimated: false }] as const;
  let read = 0;
  const readLedger = async () => {
    read++;
    return { pid: 1, time: '', rss: 120, rows, verdicts: [], swap: 0, missing: [], notes: [] };
  };
  const { url } = await served({ readLedger });
  const [first, second] = [await ask(`${url}/metrics`), await ask(`${url}/metrics`)];
  expect(first.text).toContain('tracemalloc_resident_bytes{kind="heap"} 120\n');
  expect(second.text).toContain('tracemalloc_resident_bytes{kind="heap"} 120\n');
  expect(read).toBe(1);
  const without = await served({ readLedger: () => Promise.reject(new ConnectionLostError('it is gone')) });
  const reply = await ask(`${without.url}/metrics`);
  expect(reply.status).toBe(200);
  expect(reply.text).toContain('tracemalloc_up 1\n');
  expect(reply.text).not.toContain('tracemalloc_resident_bytes');
});

it('the index has links, and escapes the names that the target gives', async () => {
  const { url } = await served();
  const before = await ask(`${url}/debug/pprof/`);
  expect([before.status, before.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(before.headers['content-security-policy']).toContain("default-src 'none'");
  expect([...before.text.matchAll(/href="([^"]+)"/g)].map(([, link]) => link)).toEqual([
    '/debug/pprof/heap',
    '/debug/pprof/allocs',
    '/metrics',
  ]);
  await ask(`${url}/metrics`);
  const after = await ask(`${url}/debug/pprof`);
  expect(after.text).toMatch(/process 7, Node v1.*Snapshots taken: 1, \d+ ms each on average\. Last error: none\./s);
  expect(after.text).not.toContain('<img');
});

it.each([
  ['/', 404],
  ['/debug/pprof/goroutine', 404],
  ['/debug/pprof/../../etc/passwd', 404],
  ['/debug/pprof/heap?debug=1', 400],
  ['/debug/pprof/heap?debug=0&gc=1&anything=else', 200],
  ['/debug/pprof/heap?seconds=0', 400],
  ['/debug/pprof/heap?seconds=-1', 400],
  ['/debug/pprof/heap?seconds=1.5', 400],
  ['/debug/pprof/heap?seconds=301', 400],
  ['/debug/pprof/allocs?seconds=99999999999999999999', 400],
])('GET %s: %i', async (path, status) => {
  const { url } = await served();
  const reply = await ask(`${url}${path}`);
  expect(reply.status).toBe(status);
  if (status === 400 || status === 404)
    expect([reply.headers['x-go-pprof'], reply.headers['content-type']]).toEqual(['1', 'text/plain; charset=utf-8']);
});

it('accepts only short GET and HEAD requests without a body', async () => {
  const { url } = await served();
  expect(await ask(`${url}/metrics?${'x'.repeat(9_000)}`)).toMatchObject({ status: 431 });
  const head = await ask(`${url}/metrics`, { method: 'HEAD' });
  expect([head.status, head.text, Number(head.headers['content-length']) > 100]).toEqual([200, '', true]);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
    expect(await ask(`${url}/metrics`, { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  expect(await ask(`${url}/metrics`, { body: 'x', headers: { 'Content-Length': '1' } })).toMatchObject({ status: 413 });
});

it('on loopback, host names that others may have bound to our address are refused', async () => {
  const { url } = await served();
  const { port } = new URL(url);
  const statusFor = async (host: string) => (await ask(`${url}/metrics`, { headers: { Host: host } })).status;
  for (const host of [`127.0.0.1:${port}`, 'localhost', `localhost:${port}`, 'LOCALHOST:7', '[::1]:1', '10.0.0.1:1'])
    expect([host, await statusFor(host)]).toEqual([host, 200]);
  for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example', '[::1', 'a:b:1'])
    expect([host, await statusFor(host)]).toEqual([host, 403]);
});

it('a configured token is required, also on loopback', async () => {
  const { url } = await served({ token: TOKEN });
  for (const path of ['/', '/metrics', '/debug/pprof/', '/debug/pprof/heap'])
    expect(await ask(`${url}${path}`)).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
  expect(await ask(`${url}/metrics`, { headers: { Authorization: `Bearer ${TOKEN}x` } })).toMatchObject({ status: 401 });
  expect(await ask(`${url}/metrics`, { headers: { Authorization: `Bearer ${TOKEN}` } })).toMatchObject({ status: 200 });
});

it('a flood of scrapes gets one snapshot for all, and 429 above the limit', async () => {
  let taken = 0;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const take = async () => {
    taken++;
    await finished;
    return anyMemory();
  };
  const { url } = await served({ take });
  const replies = Array.from({ length: 100 }, (_, index) => ask(`${url}${index % 2 ? '/metrics' : '/debug/pprof/heap'}`));
  const refused: Reply[] = [];
  await new Promise<void>((resolve) => {
    for (const reply of replies) void reply.then((one) => refused.push(one) === 36 && resolve());
  });
  for (const reply of refused) expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  finish();
  const statuses = (await Promise.all(replies)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(64);
  expect(taken).toBe(1);
  expect(await ask(`${url}/metrics`)).toMatchObject({ status: 200 });
  expect(taken).toBe(1);
});

it('allows eight differences at a time, and gives up those whose clients go', async () => {
  const { url } = await served();
  const left = new AbortController();
  const nine = Array.from({ length: 9 }, () => ask(`${url}/debug/pprof/heap?seconds=300`, { signal: left.signal }));
  expect(await Promise.race(nine)).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  left.abort();
  await Promise.allSettled(nine);
  let reply = await ask(`${url}/debug/pprof/allocs?seconds=1`);
  while (reply.status === 429) reply = await ask(`${url}/debug/pprof/allocs?seconds=1`);
  expect(reply).toMatchObject({ status: 200, headers: { 'content-disposition': 'attachment; filename="allocs-delta"' } });
});

it('a failed snapshot gives 503 with the reason, and metrics that say so; without a target everything is 503', async () => {
  const tooLarge = await served({ take: () => Promise.reject(new ProfileTooLargeError('it would not fit')) });
  expect(await ask(`${tooLarge.url}/debug/pprof/heap`)).toMatchObject({
    status: 503,
    text: 'it would not fit\n',
    headers: { 'retry-after': '1', 'x-go-pprof': '1' },
  });
  const metrics = await ask(`${tooLarge.url}/metrics`);
  expect([metrics.status, metrics.headers['content-type']]).toEqual([200, 'application/openmetrics-text; version=1.0.0; charset=utf-8']);
  expect(metrics.text).toMatch(/^tracemalloc_up 0$[\s\S]*^tracemalloc_last_error_timestamp_seconds\{code="ERR_PROFILE_TOO_LARGE"\} \d/m);
  expect((await ask(`${tooLarge.url}/debug/pprof/`)).text).toContain('it would not fit');
  const gone = await served({ take: () => Promise.reject(new ConnectionLostError('it was killed')) });
  for (const path of ['/debug/pprof/heap', '/metrics'])
    expect(await ask(`${gone.url}${path}`)).toMatchObject({ status: 503, text: 'it was killed\n' });
});

it('an internal error is reported to the user of the command, not to the client', async () => {
  const fault = new TypeError('secret');
  const show = () => {
    throw fault;
  };
  const { url } = await served({ show });
  const reply = await ask(`${url}/debug/pprof/heap`);
  expect([reply.status, reply.text.includes('secret')]).toEqual([500, false]);
  expect(faults.splice(0)).toEqual([fault]);
});

it('a client that sends nothing, or no complete request, is cut off (long)', async () => {
  const { url } = await served();
  const slow = ['', 'GET /metrics HTTP/1.1\r\nHost: loc'].map(async (sent) => {
    const client = connect(Number(new URL(url).port), '127.0.0.1');
    await once(client, 'connect');
    client.write(sent);
    return text(client);
  });
  for (const reply of await Promise.all(slow)) expect(reply).toMatch(/^HTTP\/1\.1 408 /);
});

it('listens on IPv6', async () => {
  const { url } = await served({ address: { host: '::1', port: 0 } });
  expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect(await ask(`${url}/metrics`)).toMatchObject({ status: 200 });
});

it('stop refuses waiting requests with the reason, completes running answers, and accepts no connection', async () => {
  let isAsked = () => {};
  const asked = new Promise<void>((resolve) => (isAsked = resolve));
  let finish = () => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let count = 0;
  const take = async () => {
    if (++count > 1) {
      isAsked();
      await finished;
    }
    return anyMemory();
  };
  const server = await served({ take });
  const idle = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(idle, 'connect');
  const silent = text(idle);
  await ask(`${server.url}/metrics`);
  const waiting = ask(`${server.url}/debug/pprof/heap?seconds=300`);
  await sleep(1_010); // the time for which the target rests
  const answered = ask(`${server.url}/debug/pprof/heap`);
  await asked;
  const stopped = server.stop('enough');
  finish();
  expect(await waiting).toMatchObject({ status: 503, text: 'enough\n' });
  expect(await answered).toMatchObject({ status: 200, headers: { connection: 'close' } });
  await stopped;
  expect(await silent).toBe('');
  await expect(ask(`${server.url}/metrics`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('a client whose snapshot does not come gets the reason when the server stops', async () => {
  const server = await served({ take: () => new Promise(() => {}) });
  const waiting = ask(`${server.url}/debug/pprof/heap`);
  expect(await ask(`${server.url}/debug/pprof/`)).toMatchObject({ status: 200 }); // so the request before is waiting by now
  await server.stop('enough');
  expect(await waiting).toMatchObject({ status: 503, text: 'enough\n' });
});

it('refuses an address that is in use, not local, or reachable by others', async () => {
  const { url } = await served();
  const listen = (host: string, port: number) =>
    ProfileServer.listen({
      address: { host, port },
      token: null,
      endpoints: new Endpoints(
        new SharedSnapshots(
          async () => anyMemory(),
          () => {},
        ),
        { show: (snapshot) => snapshot, readLedger: async () => null, isChurn: false },
      ),
      onError: (error) => faults.push(error),
    });
  const taken = listen('127.0.0.1', Number(new URL(url).port));
  await expect(taken).rejects.toThrow(
    /^cannot listen on 127\.0\.0\.1:\d+: another program listens there; choose another address \(--listen\)$/,
  );
  await expect(taken).rejects.toBeInstanceOf(ListenError);
  await expect(listen('0.0.0.0', 0)).rejects.toThrow(/is not loopback/);
});
