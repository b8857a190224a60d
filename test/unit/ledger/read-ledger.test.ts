import { describe, expect, test } from '@jest/globals';
import { ConnectionLostError } from '../../../src/errors.js';
import type { AskedThread } from '../../../src/ledger/isolate-memory.js';
import { readLedger } from '../../../src/ledger/read-ledger.js';
import { Session } from '../../../src/protocol/session.js';
import { failureOf } from '../../helpers/failure.js';
import { FakeTransport } from '../../helpers/fake-transport.js';

const MB = 1_000_000;

function answer(external: number, used = 7 * MB) {
  const memory = { rss: 100 * MB, heapTotal: 9 * MB, heapUsed: 8 * MB, external, arrayBuffers: external };
  const spaces = [
    ['old_space', 8 * MB, used, 10 * MB],
    ['code_space', MB, MB, MB],
  ];
  return { result: { type: 'object', value: { memory, spaces, scripts: 0, malloced: 0, cppHeap: 0, isCaged: false } } };
}

/** A thread that answers with these amounts of external memory, one after the other; the last one again and again. */
function threadOf(thread: string, ...externals: readonly number[]): AskedThread & { readonly transport: FakeTransport } {
  let asked = 0;
  const transport = new FakeTransport({
    'Runtime.evaluate': () => answer(externals[Math.min(asked++, externals.length - 1)]!),
  });
  return { thread, transport, session: new Session(transport, { label: thread, timeoutMs: 50 }) };
}

function ledgerOf(...threads: readonly AskedThread[]) {
  return readLedger({ pid: 12, localPid: null, nodeVersion: 'v26.1.0', threads, withoutWorkers: false, collect: null });
}

describe('a ledger', () => {
  test('of a process on another machine has what Node says, and a note', async () => {
    const ledger = await ledgerOf(threadOf('main', 20 * MB));
    expect(ledger).toMatchObject({ pid: 12, rss: 100 * MB, swap: null, missing: [], verdicts: [] });
    expect(ledger.notes).toEqual([expect.stringMatching(/not found on this machine/)]);
    expect(ledger.rows.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(100 * MB);
    expect(ledger.rows.find(({ kind }) => kind === 'heap')).toEqual({
      kind: 'heap',
      thread: 'main',
      bytes: 8 * MB,
      estimated: true,
      size: 10 * MB,
      used: 7 * MB,
    });
  });

  test('is read again until it is of one moment', async () => {
    const main = threadOf('main', 10 * MB, 20 * MB, 20 * MB);
    const ledger = await ledgerOf(main);
    expect(main.transport.posted).toHaveLength(3);
    expect(ledger.notes).toHaveLength(1);
  });

  test('says so if it is not', async () => {
    const ledger = await ledgerOf(threadOf('main', ...[1, 5, 9, 13, 17].map((external) => external * MB)));
    expect(ledger.notes.at(-1)).toMatch(/changed by 7812 KiB while the kernel was asked/);
  });

  test('names a worker that does not answer', async () => {
    const transport = new FakeTransport();
    const silent = { thread: 'worker 1', session: new Session(transport, { label: 'worker 1' }) };
    const ledger = await ledgerOf(threadOf('main', 0), silent);
    expect(ledger.missing).toEqual([{ thread: 'worker 1', reason: expect.stringContaining('asking a thread for its memory') }]);
  });

  test('leaves out a worker that ends meanwhile', async () => {
    const worker = threadOf('worker 1', 0);
    worker.transport.lose('the worker ended');
    expect((await ledgerOf(threadOf('main', 0), worker)).missing).toEqual([]);
  });

  test('is none if the program ends', async () => {
    const main = threadOf('main', 0);
    main.transport.lose('it was killed');
    expect(await failureOf(ledgerOf(main))).toBeInstanceOf(ConnectionLostError);
  });

  test('tells what is alive from garbage if it may collect, but of a thread that cannot', async () => {
    const collecting = (thread: string) => {
      let used = 7 * MB;
      const transport = new FakeTransport({ 'Runtime.evaluate': () => answer(0, used) });
      const collect = () => {
        used = 3 * MB;
      };
      return { thread, transport, collect, session: new Session(transport, { label: thread }) };
    };
    const [main, busy, ended] = [collecting('main'), collecting('worker 1'), collecting('worker 2')];
    const ledger = await readLedger({
      pid: 12,
      localPid: null,
      nodeVersion: 'v26.1.0',
      threads: [main, busy, ended],
      withoutWorkers: false,
      async collect(session) {
        if (session === ended.session) ended.transport.lose('it ended');
        if (session === main.session) main.collect();
        return session !== busy.session;
      },
    });
    const heaps = ledger.rows.filter(({ kind }) => kind === 'heap').map(({ used, live }) => [used, live]);
    expect(heaps).toEqual([
      [7 * MB, 3 * MB],
      [7 * MB, undefined],
      [7 * MB, undefined],
    ]);
    expect(ledger.notes.at(-1)).toMatch(/^garbage was not collected in worker 1 and worker 2, /);
  });
});
