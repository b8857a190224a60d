import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { ClickHouseStore } from '../../../src/store/clickhouse/clickhouse-store.js';
import { initSql, initStore } from '../../../src/store/clickhouse/init-store.js';
import type { Profile } from '../../../src/store/store.js';
import { provideClickHouse, startClickHouse } from '../../helpers/clickhouse-server.js';
import { callCommand, startCommand } from '../../helpers/command.js';
import { failureOf } from '../../helpers/failure.js';
import { everythingOf } from '../../helpers/fleet-questions.js';
import { repoPath } from '../../helpers/paths.js';
import { enterTemporaryFolder, reapLater, reapTargets, temporaryFolder } from '../../helpers/target-process.js';

const PASSWORD = 'a password: with "quotes"';
const CREDENTIALS = { CLICKHOUSE_USER: 'default', CLICKHOUSE_PASSWORD: PASSWORD };

const packages = await provideClickHouse();

afterAll(reapTargets);

/** A server that the test makes up. @returns its URL */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  reapLater(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a server that is none, or does not answer as one', () => {
  const problems: readonly (readonly [name: string, listener: RequestListener, message: RegExp])[] = [
    ['is slow', () => {}, /did not answer within 0\.3 s/],
    [
      'is full',
      (_, response) => answerError(response, 243, 'Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)'),
      /its disk is full/,
    ],
    ['is full, says a proxy', (_, response) => void response.writeHead(507).end('Insufficient Storage'), /its disk is full/],
    [
      'is behind a proxy that takes only small requests',
      (_, response) => void response.writeHead(413).end('<title>413 Request Entity Too Large</title>'),
      /takes no request of this size; raise its limit/,
    ],
    ['is of an older version', (_, response) => void response.end('["22.8.21.38"]\n'), /version 22\.8\.21\.38, which is too old/],
    ['is a web server', (_, response) => void response.end('<html>hello</html>'), /answers as no ClickHouse does/],
    [
      'is another server',
      (_, response) => void response.writeHead(404).end('no such page'),
      /answers as no ClickHouse does \(no such page\)/,
    ],
    [
      'says nothing that we know',
      (_, response) => answerError(response, 999, 'Something is odd. (KEEPER_EXCEPTION)'),
      /it says: Something is odd/,
    ],
    [
      'breaks off in the middle of an answer',
      (_, response) => {
        response.writeHead(200, { 'transfer-encoding': 'chunked' }).write('["26.7.1.1"]\n["26.7');
        setImmediate(() => response.destroy());
      },
      /the connection broke before the answer was whole/,
    ],
  ];

  it.each(problems)('%s', async (_name, listener, message) => {
    const url = await serve(listener);
    const error = await failureOf(ClickHouseStore.open(`${url}/fleet`, { env: CREDENTIALS, timeoutMs: 300 }));
    expect(error).toMatchObject({ name: 'StoreError', code: 'ERR_STORE', message: expect.stringMatching(message) });
    expect(error.message).toContain(new URL(url).host);
    expect(error.message).not.toContain('\n');
    expect(error.message).not.toContain(PASSWORD);
  });

  it('is down', async () => {
    const error = await failureOf(ClickHouseStore.open('http://127.0.0.1:1/fleet', { env: CREDENTIALS }));
    expect(error.message).toBe(
      'cannot ask ClickHouse at 127.0.0.1:1: nothing listens there; is ClickHouse running, and is this the port of its HTTP interface (8123)?',
    );
  });

  function answerError(response: Parameters<RequestListener>[1], code: number, text: string): void {
    response.writeHead(500, { 'x-clickhouse-exception-code': `${code}` }).end(`Code: ${code}. DB::Exception: ${text} (version 26.7.1.1)`);
  }
});

(packages === null ? describe.skip : describe)('ClickHouse itself', () => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await startClickHouse(packages!, CREDENTIALS));
    await initStore(`${url}/fleet`, { cluster: null, env: CREDENTIALS });
  });

  it('refuses wrong credentials', async () => {
    const file = join(temporaryFolder(), 'credentials');
    writeFileSync(file, 'default:wrong:one\n');
    const error = await failureOf(ClickHouseStore.open(`${url}/fleet`, { env: { TRACEMALLOC_STORE_CREDENTIALS: file } }));
    expect(error.message).toContain('it refuses the user "default" with this password; set CLICKHOUSE_USER and CLICKHOUSE_PASSWORD');
    expect(error.message).not.toContain('wrong:one');
  });

  it('has no database, or no tables', async () => {
    const missing = await failureOf(ClickHouseStore.open(`${url}/nowhere`, { env: CREDENTIALS }));
    expect(missing.message).toContain('it has no database "nowhere"; run tracemalloc fleet init');
    const empty = await failureOf(ClickHouseStore.open(`${url}/default`, { env: CREDENTIALS }));
    expect(empty.message).toContain('has no table tracemalloc_profiles; run tracemalloc fleet init');
  });

  it.each([
    ['other', '', /the table tracemalloc_stacks in the database "other" .* is not one that tracemalloc fleet init made/],
    ['later', 'node-tracemalloc schema 999', /are of schema 999, and this version knows up to 1; update node-tracemalloc/],
  ])('has %s tables', async (database, comment, message) => {
    await sql(`CREATE DATABASE ${database}`);
    await sql(`CREATE TABLE ${database}.tracemalloc_stacks (a UInt8) ENGINE = MergeTree ORDER BY a COMMENT '${comment}'`);
    expect((await failureOf(initStore(`${url}/${database}`, { cluster: null, env: CREDENTIALS }))).message).toMatch(message);
    expect((await failureOf(ClickHouseStore.open(`${url}/${database}`, { env: CREDENTIALS }))).message).toMatch(message);
  });

  it('makes tables once', async () => {
    const created = await initStore(`${url}/twice`, { cluster: null, env: CREDENTIALS });
    expect(created).toEqual(['tracemalloc_profiles', 'tracemalloc_stacks', 'tracemalloc_samples']);
    expect(await initStore(`${url}/twice`, { cluster: null, env: CREDENTIALS })).toEqual([]);
  });

  it('understands the SQL for a cluster', async () => {
    const statements = initSql(`${url}/fleet`, { cluster: 'of `two\\' });
    expect(statements).toHaveLength(7);
    for (const statement of statements) expect(await sql(`EXPLAIN AST ${statement}`)).toMatch(/^Create/);
    expect(statements.filter((statement) => statement.includes('ON CLUSTER `of \\`two\\\\`'))).toHaveLength(7);
  });

  it('keeps one profile an hour after a week, and none after thirty days', async () => {
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const before = (days: number, minutes: number) => new Date(hour - days * 86_400_000 + minutes * 60_000).toISOString();
    const store = await ClickHouseStore.open(`${url}/twice`, { env: CREDENTIALS });
    const sizes = new Map([
      [before(8, 40), 2000],
      [before(8, 10), 1000],
      [before(31, 0), 4000],
    ]);
    await store.push([...sizes].map(([time, size]) => profile({ time, size })));
    const stats = async () =>
      (await store.stats({ ...QUESTION, from: new Date(hour - 9 * 86_400_000) })).statistics.map(({ size }) => size);
    expect(await stats()).toEqual([1000]);
    for (const table of ['tracemalloc_profiles', 'tracemalloc_samples']) {
      await sql(`OPTIMIZE TABLE twice.${table} FINAL`);
      expect(await rowsOf(`twice.${table}`)).toBe(1);
    }
    expect(await stats()).toEqual([1000]);
    await store.push([profile({ time: before(8, 20), size: 8000 })]); // late, into an hour that has its profile
    expect(await stats()).toEqual([1000]);
    await store.close();
  });

  it('counts a profile once, though a push breaks and several push it at once', async () => {
    let isBroken = true;
    const through = await serve(async (request, response) => {
      const body = await buffer(request);
      if (isBroken && request.url!.includes('tracemalloc_profiles') && request.url!.includes('INSERT')) return void response.destroy();
      const answer = await fetch(`${url}${request.url}`, {
        method: request.method!,
        headers: headersOf(request),
        body: body.length > 0 ? new Uint8Array(body) : null,
      });
      const code = answer.headers.get('x-clickhouse-exception-code');
      response.writeHead(answer.status, code === null ? {} : { 'x-clickhouse-exception-code': code });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    const stores = await Promise.all([1, 2, 3].map(() => ClickHouseStore.open(`${through}/fleet`, { env: CREDENTIALS })));
    expect((await failureOf(stores[0]!.push([profile()]))).message).toContain('cannot push to');
    expect(await rowsOf('fleet.tracemalloc_samples')).toBe(1);
    expect(await stores[0]!.services()).toEqual([]);
    isBroken = false;
    await Promise.all(stores.map((store) => store.push([profile(), profile()])));
    const { processes, statistics } = await stores[0]!.stats(QUESTION);
    expect({ processes, sizes: statistics.map(({ size }) => size) }).toEqual({ processes: 1, sizes: [1000] });
    await Promise.all(stores.map((store) => store.close()));
  });

  it('keeps a label that was cut within an emoji, and tells a profile that it cannot read from a fault of its own', async () => {
    const store = await ClickHouseStore.open(`${url}/fleet`, { env: CREDENTIALS });
    const identity = { ...profile().identity, service: 'odd' };
    const labels = ['half\ud83d', '\\ud83d\ude00\\', '\ud83dx\\'];
    const snapshot = Snapshot.fromTraces(labels.map((label, index) => ({ size: 10 * (9 - index), label, frames: [['/app/a.js', 1]] })));
    await store.push([{ identity, snapshot }]);
    const { statistics } = await store.stats({ ...everythingOf('odd'), keyType: 'label' });
    expect(statistics.map(({ traceback }) => traceback.at(-1)!.filename)).toEqual(['half\ufffd', '\\ud83d\ufffd\\', '\ufffdx\\']);
    const heap = { heapUsed: 1.5, heapTotal: 2, external: 0, arrayBuffers: 0, rss: 3 };
    const broken = new Snapshot({ ...snapshot, capture: { ...snapshot.capture, time: '2026-01-01T00:00:00.000Z', heap } });
    expect(await failureOf(store.push([{ identity, snapshot: broken }]))).toMatchObject({
      code: 'ERR_BAD_PROFILE',
      message: expect.stringMatching(/^ClickHouse at \S+ cannot store it: .*expected ',' before: '\.5/),
    });
    await store.close();
  });

  it('answers the command, which says nothing of the password', async () => {
    const { exited } = startCommand(['fleet', 'stats', `${url}/fleet`, '--service', 'once', '--json', '--verbose'], { env: CREDENTIALS });
    const { code, stdout, stderr } = await exited;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ processes: 1, statistics: [{ size: 1000, processes: 1 }] });
    const refused = await startCommand(['fleet', 'init', `${url}/fleet`, '--verbose'], {
      env: { ...CREDENTIALS, CLICKHOUSE_USER: 'nobody' },
    }).exited;
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('refuses the user "nobody"');
    expect(refused.stderr).not.toContain(PASSWORD);
  });

  it('carries out the commands of the guide', async () => {
    const page = readFileSync(repoPath('docs/guide/fleet-in-clickhouse.md'), 'utf8');
    const commands = [...page.matchAll(/^tracemalloc (fleet .*)$/gm)].map(([, command]) => command!);
    expect(commands.length).toBeGreaterThan(5);
    enterTemporaryFolder();
    const variables = { ...process.env };
    Object.assign(process.env, CREDENTIALS);
    try {
      profile().snapshot.dump('shop.tmsnap');
      for (const command of commands) {
        const { code, stderr } = await callCommand(command.replace('http://clickhouse:8123/tracemalloc', `${url}/guide`).split(' '));
        expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: expect.any(String) });
      }
      expect(
        Snapshot.load('shop-now.tmsnap')
          .statistics('lineno')
          .map(({ size }) => size),
      ).toEqual([1000]);
    } finally {
      process.env = variables;
    }
  });

  const QUESTION = everythingOf('once');

  const taken = new Date().toISOString();

  function profile({ time = taken, size = 1000 } = {}): Profile {
    const snapshot = Snapshot.fromTraces([{ size, frames: [['/app/a.js', 1]] }]);
    const identity = { service: 'once', release: '1', host: 'h', pid: 1, instance: '', attributes: {} };
    return { identity, snapshot: new Snapshot({ ...snapshot, capture: { ...snapshot.capture, time } }) };
  }

  async function sql(text: string): Promise<string> {
    const authorization = `Basic ${Buffer.from(`default:${PASSWORD}`).toString('base64')}`;
    const answer = await fetch(url, { method: 'POST', body: text, headers: { authorization } });
    return await answer.text();
  }

  async function rowsOf(table: string): Promise<number> {
    return Number(await sql(`SELECT count() FROM ${table}`));
  }

  /** Those that the server reads. */
  function headersOf({ headers }: IncomingMessage): Record<string, string> {
    const names = ['authorization', 'content-type', 'content-encoding'] as const;
    return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
  }
});
