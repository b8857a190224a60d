import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { attach, type StartOptions } from '../../src/index.js';
import { dose, newestUnlessFull } from '../helpers/dose.js';
import { evaluateIn } from '../helpers/evaluate.js';
import { nodeBinaries } from '../helpers/nodes.js';
import { reapTargets, startTarget, temporaryFolder } from '../helpers/target-process.js';

afterEach(reapTargets);

/** V8, Node and the allocator have what they need after these: the heap grows for 20 attaches, rss for 60 (by 9 to 17 MB). */
const FIRST = 60;
/** In full, 1,000 on the five versions together. */
const ATTACHES = dose(100, 200);
/** In bytes: 10 kB for each time. If the two sources of an edit stayed, the program's and ours, the heap would grow by 24 kB. */
const HEAP_BOUND = (ATTACHES - FIRST) * 10 * 1024;
/** In bytes: 45 kB for each time. */
const RSS_BOUND = (ATTACHES - FIRST) * 45 * 1024;
/** Has the allocator of Linux (glibc) give memory back at once. Rss then grew by at most 0.3 MB in the second half, otherwise by up to 3.9 MB. */
const ALLOCATOR = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_TRIM_THRESHOLD_: '65536' };
const MODES: readonly StartOptions[] = [{ lines: true }, { lines: true, mode: 'exact' }];

/** A function on several lines, so that the edit has something to change. The comment makes the two sources long, at no cost. */
const FUNCTION = `
// ${'A source that stayed would be found by its length. '.repeat(10)}
function f(a, b) {
  const list = [a, b];
  return {
    list,
    at: { x: a * 1.5, y: [b] },
    more: list.map((x) => ({ x })),
  };
}`;
const FUNCTIONS = 15;
/** 10 kB of functions, of which some run all the time. Its heap does not grow. */
const PROGRAM = `
${Array.from({ length: FUNCTIONS }, (_, i) => FUNCTION.replace('f(', `f${i}(`)).join('')}
const all = [${Array.from({ length: FUNCTIONS }, (_, i) => `f${i}`)}];
const kept = [];
setInterval(() => { for (let i = 0; i < 50; i++) { kept.push(all[i % ${FUNCTIONS}](i, i)); if (kept.length > 1000) kept.shift(); } }, 10);
console.log('ready');
`;

/** The bytes that a program has grown by, after all but the first attaches. */
async function grownBy(execPath: string): Promise<{ heapUsed: number; rss: number }> {
  const file = join(temporaryFolder(), 'program.cjs');
  writeFileSync(file, PROGRAM);
  // V8's space for young objects grows with the garbage of the edits, to its own limit: 48 MB by default. This is not what we look for.
  const execArgv = ['--expose-gc', '--max-semi-space-size=1'];
  const { port } = await startTarget({ execPath, file, execArgv, env: ALLOCATOR, ready: true });
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

/** 1,000 attaches take 217 to 600 s, by machine and load. Each of their commands has a time limit of its own, so that none hangs for so long. */
const TIME_LIMIT_MS = 1_200_000;

// The versions at once, because an attach mostly waits for answers.
it(
  'programs keep nothing of those that attach to them (stress)',
  async () => {
    const nodes = newestUnlessFull(nodeBinaries());
    const grown = await Promise.all(nodes.map(({ execPath }) => grownBy(execPath)));
    for (const [i, { heapUsed, rss }] of grown.entries()) {
      expect([nodes[i]!.major, heapUsed < HEAP_BOUND, rss < RSS_BOUND]).toEqual([nodes[i]!.major, true, true]);
    }
  },
  TIME_LIMIT_MS,
);
