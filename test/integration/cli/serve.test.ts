import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Profile } from 'pprof-format';
import { attach } from '../../../src/index.js';
import { openStore } from '../../../src/store/open/open-store.js';
import { ask } from '../../helpers/ask.js';
import { runCommand } from '../../helpers/command.js';
import { commanded } from '../../helpers/commanded.js';
import { evaluateIn, inTurnOfItsOwn } from '../../helpers/evaluate.js';
import { everythingOf } from '../../helpers/fleet-questions.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { startServing } from '../../helpers/serving.js';
import { reapLater, reapTargets, startTarget, type TargetProcess, temporaryFolder } from '../../helpers/target-process.js';

const TOKEN = 'a-token-of-the-tests';

afterEach(reapTargets);

function growing(execPath: string): Promise<TargetProcess> {
  return startTarget({
    execPath,
    file: repoPath('fixtures/programs/growing.cjs'),
    execArgv: ['--max-inlined-bytecode-size=0'],
    ready: true,
  });
}

/** `make` keeps blocks of 152 bytes. On some versions, what V8 keeps for a function that runs often counts as the function's. */
function expectBlocks(bytes: number | undefined, blocks: number): void {
  expect(bytes).toBeGreaterThanOrEqual(blocks * 152);
  expect(bytes).toBeLessThan(blocks * 152 * 1.01);
}

/** Bytes of a profile by the name of the function that allocated. */
async function bytesByFunction(url: string, type = 'inuse_space'): Promise<Map<string, number>> {
  const response = await fetch(url);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
  const { sample, sampleType, location, function: functions, stringTable } = Profile.decode(gunzipSync(await response.arrayBuffer()));
  const text = (index: number | bigint) => stringTable.strings[Number(index)]!;
  const space = sampleType.findIndex(({ type: each }) => text(each) === type);
  const bytes = new Map<string, number>();
  for (const {
    locationId: [leaf],
    value,
  } of sample) {
    const line = location.find(({ id }) => id === leaf)!.line[0]!;
    const name = text(functions.find(({ id }) => id === line.functionId)!.name);
    bytes.set(name, (bytes.get(name) ?? 0) + Number(BigInt.asIntN(64, BigInt(value[space]!))));
  }
  return bytes;
}

describe.each(oldestAndNewest())('tracemalloc serve on Node $major', ({ execPath }) => {
  it('serves live memory and its changes; Ctrl-C leaves the target as it was', async () => {
    const target = await growing(execPath);
    const { command, url } = await startServing(target.port, ['--interval', '1']);
    await evaluateIn(target.port, 'grow(10_000)');
    expectBlocks((await bytesByFunction(`${url}/debug/pprof/heap?gc=1`)).get('make'), 10_000);
    let blocks = 10_000;
    let grown: number | undefined;
    // On a busy machine the growth may come after the second of the two snapshots.
    for (let seconds = 2; grown === undefined; seconds *= 2) {
      const difference = bytesByFunction(`${url}/debug/pprof/heap?seconds=${seconds}`);
      await ask(`${url}/metrics`); // its answer comes after the first of the two snapshots
      await evaluateIn(target.port, 'grow(5_000)');
      blocks += 5_000;
      grown = (await difference).get('make');
    }
    // Its first snapshot may be the second one of the difference before, and may then lack the growth of that, too.
    expectBlocks(grown, 5_000 * Math.round(grown / (5_000 * 152)));
    expect(grown).toBeLessThan((blocks - 10_000) * 152 * 1.01);
    expectBlocks((await bytesByFunction(`${url}/debug/pprof/allocs`)).get('make'), blocks);
    const { text } = await ask(`${url}/metrics`);
    const traced = Number(/^tracemalloc_traced_bytes\{domain="0"\} (\d+)$/m.exec(text)![1]);
    expect(traced).toBeGreaterThan(blocks * 152);
    expect(Number(/^tracemalloc_heap_used_bytes (\d+)$/m.exec(text)![1])).toBeGreaterThan(traced);
    command.child.kill('SIGINT');
    expect(await command.exited).toMatchObject({ code: 0, stdout: '' });
    await expect(evaluateIn(target.port, inTurnOfItsOwn('debugger'))).resolves.toBe(42);
    const next = await attach(target.port);
    await next.start(); // would be refused if anybody else sampled
    await next.close();
    expect(target.child.exitCode).toBeNull();
  });

  it('if the target is killed, waiting clients get the reason, and the command exits with 1', async () => {
    const target = await growing(execPath);
    const { command, url } = await startServing(target.port);
    await ask(`${url}/metrics`);
    const waiting = ask(`${url}/debug/pprof/heap?seconds=300`);
    expect(await ask(`${url}/debug/pprof/`)).toMatchObject({ status: 200 }); // so the request before is waiting by now
    await target.kill();
    expect(await waiting).toMatchObject({ status: 503, text: expect.stringMatching(/^the target is gone: .+\n$/) });
    const { code, stderr } = await command.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^tracemalloc: the target is gone: .*\n$/m);
  });
});

const execPath = process.execPath;

it('--push sends what the target holds to a store, with its identity', async () => {
  const target = await growing(execPath);
  const folder = temporaryFolder();
  const push = ['--push', `folder:${folder}`, '--service', 'growing', '--release', '7', '--every', '100ms', '--interval', '1'];
  const { command, url } = await startServing(target.port, push, { TRACEMALLOC_SPOOL: temporaryFolder() });
  await evaluateIn(target.port, 'grow(10_000)');
  const store = await openStore(`folder:${folder}`);
  const question = { ...everythingOf('growing'), release: '7', host: hostname(), keyType: 'function' } as const;
  let bytes: number | undefined;
  while (bytes === undefined) {
    await ask(`${url}/metrics`); // takes as long as a snapshot
    const { processes, statistics } = (await store.services()).includes('growing')
      ? await store.stats(question)
      : { processes: 1, statistics: [] };
    expect(processes).toBe(1);
    bytes = statistics.find(({ traceback }) => traceback.at(-1)!.functionName === 'make')?.size;
  }
  expectBlocks(bytes, 10_000);
  expect((await store.merged(question)).snapshot.capture).toMatchObject({
    resource: { 'service.name': 'growing', 'service.version': '7' },
  });
  command.child.kill('SIGINT');
  expect(await command.exited).toMatchObject({ code: 0, stderr: expect.not.stringContaining('wait in') });
});

it('with --push, a store that never answers holds up neither clients nor the end (long)', async () => {
  const target = await growing(execPath);
  let asked: () => void = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const silent = createServer(() => asked());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  reapLater(async () => silent.close().closeAllConnections());
  const store = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/fleet`;
  const push = ['--push', store, '--service', 'growing', '--every', '100ms', '--interval', '1'];
  const { command, url } = await startServing(target.port, push, { TRACEMALLOC_SPOOL: temporaryFolder() });
  await isAsked;
  await evaluateIn(target.port, 'grow(10_000)');
  expectBlocks((await bytesByFunction(`${url}/debug/pprof/heap`)).get('make'), 10_000);
  command.child.kill('SIGINT');
  expect(await command.exited).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /has not taken all profiles within 5 s\n\d+ profiles? waits? in .* sent with the next --push to this store\n$/,
    ),
  });
  await expect(evaluateIn(target.port, inTurnOfItsOwn('debugger'))).resolves.toBe(42);
});

it('--mode churn serves what is allocated, dead or alive, as allocs', async () => {
  const target = await startTarget({ execPath: process.execPath, file: repoPath('fixtures/programs/known-garbage.cjs'), ready: true });
  const { command, url } = await startServing(target.port, ['--mode', 'churn', '--no-inline']);
  await commanded(target.child).ask('200', 'done');
  const allocated = 200 * 10_000 * 56;
  const bytes = (await bytesByFunction(`${url}/debug/pprof/allocs`, 'alloc_space')).get('objects')!;
  // The standard error of so many bytes at the default interval, five times.
  expect(Math.abs(bytes - allocated)).toBeLessThan(5 * Math.sqrt(allocated * 30_912));
  expect(await ask(`${url}/debug/pprof/heap`)).toMatchObject({ status: 404, text: expect.stringContaining('/debug/pprof/allocs') });
  expect((await ask(`${url}/metrics`)).text).toMatch(/^tracemalloc_allocated_bytes\{domain="0"\} \d+$/m);
  command.child.kill('SIGINT');
  expect((await command.exited).code).toBe(0);
});

it('a target that ends does so as it would without us, and the command exits with 1 (long)', async () => {
  const target = await startTarget({ execPath, file: repoPath('fixtures/programs/service.cjs'), args: ['--graceful'], ready: true });
  const { command, url } = await startServing(target.port);
  const waiting = ask(`${url}/debug/pprof/heap?seconds=300`);
  expect(await ask(`${url}/metrics`)).toMatchObject({ status: 200 });
  target.child.kill('SIGTERM');
  expect(await waiting).toMatchObject({ status: 503, text: 'the target is gone: the program ended\n' });
  expect(await target.exited).toMatchObject({ code: 9 });
  expect(await command.exited).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^tracemalloc: the target is gone: the program ended$/m),
  });
});

it('SIGTERM ends it while a client waits for a difference', async () => {
  const target = await growing(execPath);
  const { command, url } = await startServing(target.url);
  const waiting = ask(`${url}/debug/pprof/heap?seconds=300`);
  expect(await ask(`${url}/debug/pprof/`)).toMatchObject({ status: 200 });
  command.child.kill('SIGTERM');
  expect(await waiting).toMatchObject({ status: 503, text: 'tracemalloc serve ends\n' });
  expect(await command.exited).toMatchObject({ code: 0 });
  expect(target.child.exitCode).toBeNull();
});

it('an address that others can reach needs a token, and gets a warning', async () => {
  const target = await growing(execPath);
  const refused = await runCommand(['serve', `${target.port}`, '--listen', '0.0.0.0:0']);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(/^tracemalloc: 0\.0\.0\.0 is not loopback.*--token-file.*\n$/);
  const file = join(temporaryFolder(), 'token');
  writeFileSync(file, `${TOKEN}\n`, { mode: 0o644 });
  const { command, url } = await startServing(target.port, ['--token-file', file, '--listen', '0.0.0.0:0']);
  await command.waitFor('stderr', /^(all users of this machine can read the token in )/m);
  await command.waitFor('stderr', /^(this address is not loopback: what goes there, the token too, is not encrypted)/m);
  const metrics = url.replace('0.0.0.0', '127.0.0.1').concat('/metrics');
  expect(await ask(metrics)).toMatchObject({ status: 401 });
  const headers = { Authorization: `Bearer ${TOKEN}`, Host: 'service.example' };
  expect(await ask(metrics, { headers })).toMatchObject({ status: 200 });
});

it('a token from the environment is needed on loopback, too (long)', async () => {
  const target = await growing(execPath);
  const { url } = await startServing(target.port, [], { TRACEMALLOC_TOKEN: TOKEN });
  expect(await ask(`${url}/metrics`)).toMatchObject({ status: 401 });
  expect(await ask(`${url}/metrics`, { headers: { Authorization: `Bearer ${TOKEN}` } })).toMatchObject({ status: 200 });
});

it('a port that is in use is one line, and the target is left alone', async () => {
  const target = await growing(execPath);
  const { code, stdout, stderr } = await runCommand(['serve', `${target.port}`, '--listen', `${target.port}`]);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /^tracemalloc: cannot listen on 127\.0\.0\.1:\d+: another program listens there; choose another address \(--listen\)\n$/,
  );
  const next = await attach(target.port);
  await next.start();
  await next.close();
});

it.each([
  ['no target', ['--listen', '1'], /name a target/],
  ['no address', ['1', '--listen', 'nowhere'], /'nowhere' is not an address to listen on/],
])('%s: wrong usage', async (_what, args, message) => {
  const { code, stderr } = await runCommand(['serve', ...args]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});

it('a missing token file is an error like any unreadable file', async () => {
  const { code, stderr } = await runCommand(['serve', '1', '--token-file', '/nowhere/token']);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^tracemalloc: cannot read the token: \/nowhere\/token cannot be read: .*\n$/)]);
});
