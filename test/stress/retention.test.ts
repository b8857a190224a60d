import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { transform } from '../../src/lines/transform/transform.js';
import { nodeBinaries } from '../helpers/nodes.js';

/** Prints how many of its large arrays are alive at the end. An unrelated closure of the same function survives; the arrays must not. */
const PROGRAM = `'use strict';
const alive = [], kept = [];
const use = (value) => value.length;
const track = (value) => { alive.push(new WeakRef(value)); return value; };
function plain(id) {
  const big = track(new Array(10000));
  use(big);
  kept.push(() => 1);
}
function parameters(big, id) {
  use([big]);
  for (const piece of [big]) {
    use(piece);
    kept.push(() => 2);
  }
}
async function suspended(big) {
  use(big);
  await null;
  use(big);
  kept.push(() => 3);
}
class Holder {
  constructor(big) {
    this.length = use(big);
    kept.push(() => 4);
  }
}
const top = track(new Array(10000));
use(top);
plain(1);
parameters(track(new Array(10000)), 1);
suspended(track(new Array(10000)));
new Holder(track(new Array(10000)));
kept.push(() => 5);
setTimeout(() => setTimeout(() => {
  global.gc();
  process.stdout.write(String(alive.filter((ref) => ref.deref() !== undefined).length));
}, 10), 10);
`;

describe.each(nodeBinaries())('what wrappers keep (stress), Node $major', ({ execPath }) => {
  test('wrappers keep nothing alive', async () => {
    const { code } = transform(PROGRAM, { sourceType: 'commonjs' });
    expect(code).toContain('((big) => use(big))(big)');
    const alive = await Promise.all([PROGRAM, code].map((source) => run(execPath, source)));
    expect(alive).toEqual(['0', '0']);
  });
});

/** Runs the source in a function, as CommonJS does, because a script's own variables live as long as its realm. */
async function run(execPath: string, source: string): Promise<string> {
  const program = `new Function('require', ${JSON.stringify(source)})(require);`;
  const { stdout } = await promisify(execFile)(execPath, ['--expose-gc', '--max-inlined-bytecode-size=0', '-e', program]);
  return stdout;
}
