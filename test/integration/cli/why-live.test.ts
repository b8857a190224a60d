import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { BufferHolders } from '../../../src/heap-graph/buffers/explain-buffers.js';
import type { Explanation } from '../../../src/heap-graph/paths/explain.js';
import { pathText } from '../../../src/report/text/holders.js';
import { expectClean } from '../../helpers/clean-target.js';
import { callCommand } from '../../helpers/command.js';
import { HOLDER_PROGRAMS } from '../../helpers/holder-programs.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { enterTemporaryFolder, reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

const ask = (port: number, what: string, ...options: readonly string[]) =>
  callCommand(['why', '--port', `${port}`, what, '--for', '100ms', '--json', ...options]);

/** The others take long together. V8 reads the heap of a worker that is idle in 10 s. */
const QUICK = 'map.cjs';
const programs = HOLDER_PROGRAMS.map((program) => ({
  ...program,
  title: program.name === QUICK ? program.name : `${program.name} (full)`,
}));

describe.each(oldestAndNewest())('why on a running program, Node $major', ({ execPath }) => {
  it.each(programs)(
    'names what a person would name, and leaves: $title',
    async ({ file, what, count, path, retained, thread = 'main' }) => {
      const target = await startTarget({ execPath, file, ready: true });
      const { code, stdout, stderr } = await ask(target.port, what);
      expect(stderr).toMatch(/^object mode: with a heap of .* the program may need up to .* more memory/);
      expect(code).toBe(0);
      const { clusters } = JSON.parse(stdout) as Explanation;
      const found = clusters.find((cluster) => cluster.count === count);
      expect([found?.thread, pathText(found!.path)]).toEqual([thread, path]);
      expect(found!.retained).toBeGreaterThanOrEqual(retained);
      await expectClean(target);
    },
  );
});

/** Makes an Item on line 3 every 5 ms, and keeps the last 50. */
const MAKER = `class Item { constructor(n) { this.n = n; } }
const kept = [];
function make() { kept.push(new Item(kept.length)); if (kept.length > 50) kept.shift(); }
setInterval(make, 5);
globalThis.kept = kept;
globalThis.box = { item: new Item(-1) };
console.log('ready');`;

/** Makes Buffers on line 4 all the time, and keeps the last 50. A worker, whose loop also turns, keeps 7 more of another size. */
const BUFFERS = `const { Worker } = require('node:worker_threads');
class Queue { chunks = []; }
globalThis.queue = new Queue();
function add() { queue.chunks.push(new Uint8Array(10_000)); if (queue.chunks.length > 50) queue.chunks.shift(); }
function addMore() { for (let i = 0; i < 25; i++) add(); }
addMore();
setInterval(addMore, 5);
const code = "globalThis.parts = Array.from({ length: 7 }, () => Buffer.alloc(200_000)); setInterval(() => {}, 5)";
new Worker(code, { eval: true }).once('online', () => console.log('ready'));`;

describe.each(oldestAndNewest())('why --buffers on a running program, Node $major', ({ execPath }) => {
  it('names the owners in each thread, at once or with where they were made, and leaves (matrix)', async () => {
    const target = await startTarget({ execPath, code: BUFFERS, ready: true });
    const owners = async (...options: readonly string[]) => {
      const { code, stdout, stderr } = await callCommand([
        'why',
        '--buffers',
        '--port',
        `${target.port}`,
        '--json',
        '--top',
        'all',
        ...options,
      ]);
      expect(code).toBe(0);
      const { clusters } = JSON.parse(stdout) as BufferHolders;
      const queue = clusters.find(({ owner }) => owner === 'Queue')!;
      expect(queue).toMatchObject({ thread: 'main', count: 50, size: 50 * 10_000 });
      expect(pathText(queue.path)).toBe('global.queue → Queue.chunks → Array → [] → Uint8Array.buffer');
      const parts = clusters.find(({ size }) => size === 7 * 200_000)!;
      expect([parts.thread, parts.count, parts.owner]).toEqual(['worker 1', 7, 'global.parts']);
      return { place: queue.path.at(-1)!.place, stderr };
    };
    const plain = await owners();
    expect(plain).toEqual({
      place: null,
      stderr: expect.stringMatching(/^heap snapshot: with a heap of .* more memory.* at each snapshot$/m),
    });
    await expectClean(target);
    const { place } = await owners('--for', '1s');
    expect(place).toMatchObject({ filename: expect.stringMatching(/target\.cjs$/), lineno: 4 });
    await expectClean(target);
  });
});

describe.each(oldestAndNewest())('why, asked in other ways, Node $major', ({ execPath }) => {
  it('finds what was allocated on a line, and what an expression yields, and tells where each was made (long)', async () => {
    const target = await startTarget({ execPath, code: MAKER, ready: true });
    const born = await ask(target.port, 'target.cjs:3', '--for', '1s');
    expect([born.code, born.stderr]).toEqual([0, expect.stringMatching(/replacing the source of scripts/)]);
    const { clusters } = JSON.parse(born.stdout) as Explanation;
    const items = clusters.find(({ path }) => path.at(-1)!.type === 'Item')!;
    expect(pathText(items.path)).toBe('global.kept → Array → []');
    expect(items.path.at(-1)!.place).toMatchObject({ filename: expect.stringMatching(/target\.cjs$/), lineno: 3 });
    const value = await ask(target.port, 'globalThis.box.item');
    expect((JSON.parse(value.stdout) as Explanation).clusters.map(({ path }) => pathText(path))).toEqual(['global.box → Object.item']);
  });

  it('answers from the heap snapshot that attach has kept of the same moment (long)', async () => {
    const folder = enterTemporaryFolder();
    const { port } = await startTarget({ execPath, code: MAKER, ready: true });
    const options = ['--mode', 'objects', '--duration', '500ms', '-o', 'a.tmsnap', '--heap-snapshot', 'a.heapsnapshot'];
    const { code, stderr } = await callCommand(['attach', `${port}`, ...options]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^heap snapshot saved as .*a\.heapsnapshot$/m)]);
    expect(readdirSync(folder).sort()).toEqual(['a.heapsnapshot', 'a.tmsnap']);
    const { stdout } = await callCommand(['why', 'a.heapsnapshot', 'Item', '--json']);
    const { clusters, count } = JSON.parse(stdout) as Explanation;
    expect(pathText(clusters[0]!.path)).toBe('global.kept → Array → []');
    expect(count).toBe(51);
    expect(clusters.some(({ path }) => path.at(-1)!.place?.filename.endsWith('target.cjs'))).toBe(true);
  });

  it('says what is wrong with what was asked (long)', async () => {
    const { port } = await startTarget({ execPath, code: MAKER, ready: true });
    const answers = [
      await ask(port, 'Itm'),
      await ask(port, '@4000000001'),
      await ask(port, 'globalThis.nothing.there'),
      await ask(port, '({}).x'),
    ];
    expect(answers.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(answers.map(({ stderr }) => stderr)).toEqual([
      expect.stringMatching(/no Itm is in the heap; there is .*Item/),
      expect.stringMatching(/no object has the id @4000000001: it was collected meanwhile/),
      expect.stringMatching(/the expression "globalThis.nothing.there" threw: TypeError/),
      expect.stringMatching(/yields undefined/),
    ]);
  });
});

it('says so if the program ends meanwhile (long)', async () => {
  const { port } = await startTarget({
    execPath: process.execPath,
    code: "setTimeout(() => {}, 1500); console.log('ready');",
    ready: true,
  });
  const { code, stderr } = await ask(port, 'Item', '--for', '1m');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/the program (has )?ended|is gone/)]);
});

it('refuses a heap that is too large to be traced, and says the price', async () => {
  const code =
    "globalThis.kept = Array.from({ length: 16 }, () => new Array(1e6).fill(0)); console.log('ready'); setInterval(() => {}, 1000);";
  const { port } = await startTarget({ execPath: process.execPath, code, ready: true });
  const { code: exitCode, stderr } = await ask(port, 'Array');
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(/may need up to \d+ MiB more memory[\s\S]*object mode would stop the program for about/),
  ]);
});

it('a program that never comes back to its event loop is given up (long)', async () => {
  const { port } = await startTarget({
    execPath: process.execPath,
    code: "console.log('ready'); setTimeout(() => { for (;;); }, 50);",
    ready: true,
  });
  const { code, stderr } = await ask(port, 'Item');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/no turn of the event loop ended within 10 s/)]);
}, 120_000);
