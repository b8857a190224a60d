import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { attach, type StartOptions } from '../../src/index.js';
import { evaluateIn } from '../helpers/evaluate.js';
import { nodeBinaries } from '../helpers/nodes.js';
import { reapTargets, startTarget, temporaryFolder } from '../helpers/target-process.js';

afterEach(reapTargets);

/** On all five versions together: 1,000. */
const ATTACHES = 200;
/** What V8 and Node set up once is there after these. */
const FIRST = 20;
/** In bytes. If the two sources of each edit stayed, the program's and ours, the heap would grow by 4 MB. */
const HEAP_BOUND = 2 ** 20;
/** In bytes: 45 kB for each time. The allocator does not give every piece back. */
const RSS_BOUND = 8 * 2 ** 20;
const MODES: readonly StartOptions[] = [{ lines: true }, { lines: true, mode: 'exact' }];

/** On several lines, so that the edit has something to change. */
const FUNCTION = `
function f(a, b) {
  const list = [a, b];
  return {
    list,
    at: { x: a * 1.5, y: [b] },
    more: list.map((x) => ({ x })),
  };
}`;
/** 8 kB of functions, of which some run all the time. Its heap does not grow. */
const PROGRAM = `
${Array.from({ length: 60 }, (_, i) => FUNCTION.replace('f(', `f${i}(`)).join('')}
const all = [${Array.from({ length: 60 }, (_, i) => `f${i}`)}];
const kept = [];
setInterval(() => { for (let i = 0; i < 50; i++) { kept.push(all[i](i, i)); if (kept.length > 1000) kept.shift(); } }, 10);
console.log('ready');
`;

/** The bytes that a program has grown by, after all but the first attaches. */
async function grownBy(execPath: string): Promise<{ heapUsed: number; rss: number }> {
  const file = join(temporaryFolder(), 'program.cjs');
  writeFileSync(file, PROGRAM);
  // V8's space for young objects grows with the garbage of the edits, to its own limit: 48 MB by default. This is not what we look for.
  const execArgv = ['--expose-gc', '--max-semi-space-size=1'];
  const { port } = await startTarget({ execPath, file, execArgv, ready: true });
  const memory = async () => JSON.parse(String(await evaluateIn(port, 'gc(), JSON.stringify(process.memoryUsage())')));
  let before = await memory();
  for (let i = 0; i < ATTACHES; i++) {
    if (i === FIRST) before = await memory();
    const tracer = await attach(port);
    await tracer.start(MODES[i % MODES.length]);
    expect(tracer.scriptEdits[0]).toMatchObject({ outcome: 'done' });
    await tracer.takeSnapshot();
    await tracer.close();
  }
  const after = await memory();
  return { heapUsed: after.heapUsed - before.heapUsed, rss: after.rss - before.rss };
}

// All versions at once, because an attach mostly waits for answers.
it('programs on all versions keep nothing of those that attach to them', async () => {
  const nodes = nodeBinaries();
  const grown = await Promise.all(nodes.map(({ execPath }) => grownBy(execPath)));
  for (const [i, { heapUsed, rss }] of grown.entries()) {
    expect([nodes[i]!.major, heapUsed < HEAP_BOUND, rss < RSS_BOUND]).toEqual([nodes[i]!.major, true, true]);
  }
}, 600_000);
