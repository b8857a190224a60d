import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { attach } from '../../../src/index.js';
import { testAllAtOnce } from '../../helpers/describe-nodes.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { untilSampled } from '../../helpers/sampled.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

const FILE = repoPath('fixtures/programs/lines/service.cjs');

/** V8 takes changes in some of them for changes of the top level, which it refuses. The last is on lines of more than 800 characters. */
const TOP_LEVEL = `const keep = []; export const price = (sku) => ({
  sku,
  parts: keep[keep.push(sku.split(''))],
});
export const list = (a, b) => wrap(((c) => ([
  a, [b], c,
])), a, b);
export const nested = (a) => (b) => ({
  b: { b },
});
export const call = (x) => wrap(
  [x, [x]], x);
export function many(a) { const first = [a, [a]]; keep.push(
  [first]);
  return [${Array.from({ length: 60 }, (_, i) => `{ a${i}: [a, 'text of some length'] },`).join('\n')}
]; } export default (x) => (x
  ? { x, y: [x] }
  : [x]);
const wrap = (f) => f;
globalThis.shapes = () => JSON.stringify([price('ab'), list(1, 2)(3), nested(1)(2), call(3), many(4)]);
setInterval(() => {}, 1000);
console.log('ready');`;

const CLASSES = `function make() {
  class Made { field = [1]; use = () => [2]; m() { return 3; } }
  return new Made();
}
function edited(n) {
  return [n,
    [n]];
}
globalThis.run = () => { edited(1); const { field, use, m } = make(); return JSON.stringify([field, use(), m()]); };
run();
setInterval(() => {}, 1000);
console.log('ready');`;

/** A hash of all flags of V8. */
const FLAGS = "process.mainModule.require('v8').cachedDataVersionTag()";

afterEach(reapTargets);

describe.each(nodeBinaries())('true lines on a running Node $major (every version)', ({ execPath, major }) => {
  it('restores source and inlining at the stop, and can start again', async () => {
    const target = await startTarget({ execPath, file: FILE, ready: true });
    const before = await evaluateIn(target.port, 'source()');
    const flags = await evaluateIn(target.port, FLAGS);
    const tracer = await attach(target.port);
    for (let round = 0; round < 2; round++) {
      await tracer.start({ lines: true, mode: 'exact' });
      expect(tracer.scriptEdits).toEqual([{ url: expect.stringContaining('service.cjs'), outcome: 'done', reason: '' }]);
      expect(await evaluateIn(target.port, 'work(1000)')).toBe(1000);
      expect(await evaluateIn(target.port, 'source()')).not.toBe(before);
      const onLine = (await tracer.takeSnapshot()).statistics('lineno').find(({ traceback }) => String(traceback) === `${FILE}:6`);
      expect(onLine!.count).toBeGreaterThanOrEqual(1000);
      await tracer.stop();
      expect(await evaluateIn(target.port, 'source()')).toBe(before);
    }
    await tracer.close();
    expect(await evaluateIn(target.port, 'work(7)')).toBe(7);
    expect(await evaluateIn(target.port, FLAGS)).toBe(flags);
  });

  it('edits a script again and again, and never asks for the functions of what V8 keeps of the edits (matrix)', async () => {
    const target = await startTarget({ execPath, file: FILE, ready: true });
    for (let i = 0; i < 3; i++) {
      const tracer = await attach(target.port);
      await tracer.start({ lines: true });
      expect(tracer.scriptEdits[0]).toEqual({ url: expect.stringContaining('service.cjs'), outcome: 'done', reason: '' });
      expect(tracer.scriptEdits.filter(({ reason }) => /collected a function/.test(reason))).toEqual([]);
      await tracer.close();
      expect(tracer.scriptEdits).toEqual([]);
    }
  });

  it('does not change the behaviour of classes, their fields and arrows', async () => {
    const file = repoPath('fixtures/programs/lines/shapes.mjs');
    const { port } = await startTarget({ execPath, file, ready: true });
    const before = await evaluateIn(port, 'run()');
    const tracer = await attach(port);
    await tracer.start({ lines: true });
    expect(tracer.scriptEdits).toEqual([{ url: expect.stringContaining('shapes.mjs'), outcome: 'done', reason: '' }]);
    for (let i = 0; i < 2; i++) expect(await evaluateIn(port, 'run()')).toBe(before);
    await tracer.stop();
    expect(tracer.scriptEdits).toEqual([]);
    expect(await evaluateIn(port, 'run()')).toBe(before);
    await tracer.close();
  });

  it('does not change a class that a function makes again, with fields and without a constructor', async () => {
    const { port } = await startTarget({ execPath, code: CLASSES, ready: true });
    const tracer = await attach(port);
    await tracer.start({ lines: true });
    const outcome = major < 22 ? 'failed' : 'done'; // V8 of 18 and 20 would take the initialiser of the fields for the constructor
    expect(tracer.scriptEdits.map((edit) => edit.outcome)).toEqual([outcome]);
    expect(await evaluateIn(port, 'run()')).toBe('[[1],[2],3]');
    await tracer.close();
    expect(await evaluateIn(port, 'run()')).toBe('[[1],[2],3]');
  });

  it('edits an ES module with each shape of a function at its top level', async () => {
    const file = join(temporaryFolder(), 'shapes.mjs');
    writeFileSync(file, TOP_LEVEL);
    const { port } = await startTarget({ execPath, file, ready: true });
    const tracer = await attach(port);
    await tracer.start({ lines: true, mode: 'exact' });
    expect(tracer.scriptEdits).toEqual([{ url: expect.stringContaining('shapes.mjs'), outcome: 'done', reason: '' }]);
    const before = await evaluateIn(port, 'shapes()');
    expect(await evaluateIn(port, 'shapes()')).toBe(before);
    const lines = (await tracer.takeSnapshot()).statistics('lineno').map(({ traceback }) => `${traceback}`);
    expect(lines).toEqual(expect.arrayContaining([`${file}:3`, `${file}:13`]));
    await tracer.stop();
    expect(tracer.scriptEdits).toEqual([]);
    await tracer.close();
  });

  it('a script with functions that V8 has collected does not end the program', async () => {
    const dead = Array.from(
      { length: 10 },
      (_, i) => `function dead${i}(a) {\n  const list = [a];\n  return {\n    list,\n    y: [a],\n  };\n}`,
    );
    // Only on Node 18 V8 is asked for the places of both scripts. 400 functions have more than it tells at a time.
    const alive = Array.from(
      { length: major < 20 ? 400 : 40 },
      (_, i) => `function f${i}(a) {\n  return [\n    a,\n    [a],\n    () => [a]];\n}`,
    );
    const source = (functions: readonly string[], name: string) =>
      `${functions.join('\n')}\nconst all = [${alive.map((_, i) => `f${i}`)}];\nglobalThis.${name} = () => all.map((f) => f(1)).length;`;
    const [whole, gone] = [join(temporaryFolder(), 'whole.cjs'), join(temporaryFolder(), 'gone.cjs')];
    writeFileSync(whole, source(alive, 'whole'));
    writeFileSync(gone, source([...dead, ...alive], 'gone'));
    const code = `require('${gone}'); require('${whole}'); for (let i = 0; i < 5; i++) gc(); setInterval(() => whole() + gone(), 10); console.log('ready');`;
    const target = await startTarget({ execPath, code, execArgv: ['--expose-gc'], ready: true });
    const tracer = await attach(target.port);
    await tracer.start({ lines: { include: [whole, gone] } });
    expect(tracer.scriptEdits.find(({ url }) => url.endsWith('whole.cjs'))).toMatchObject({ outcome: 'done' });
    const edit = tracer.scriptEdits.find(({ url }) => url.endsWith('gone.cjs'))!;
    // V8 collects them when it likes. If it has, only Node 18 minds.
    if (edit.outcome !== 'done')
      expect([process.versions.node, edit.reason]).toEqual([expect.anything(), expect.stringMatching(/V8 of Node 18/)]);
    await tracer.close();
    expect(await evaluateIn(target.port, 'whole() + gone()')).toBe(2 * alive.length);
    expect((await target.kill()).signal).toBe('SIGKILL');
  });

  it('after its controller is killed, a target behaves as before', async () => {
    const target = await startTarget({ execPath, file: FILE, ready: true });
    const before = await evaluateIn(target.port, 'source()');
    const command = [repoPath('dist/src/cli/bin.js'), 'attach', `${target.port}`, '--lines', '--duration', '60s'];
    const controller = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    for await (const chunk of controller.stderr) {
      said += chunk;
      if (said.includes('true lines in 1 of 1 scripts')) break;
    }
    controller.kill('SIGKILL');
    await once(controller, 'exit');
    expect(await evaluateIn(target.port, 'work(1000)')).toBe(1000); // with the old source or the new one
    while ((await evaluateIn(target.port, 'source()')) !== before); // until the caretaker has restored it
    await untilSampled(target, false);
    const tracer = await attach(target.port);
    await tracer.start(); // would fail if the killed controller had left anything
    await tracer.close();
  });
});

testAllAtOnce('live edit retries all scripts together, not one after the other (matrix)', async ({ execPath }) => {
  const folder = temporaryFolder();
  const module = (i: number) => join(folder, `suspended-${i}.cjs`);
  for (let i = 0; i < 15; i++) {
    writeFileSync(module(i), 'exports.wait = async function (promise) {\n  await promise;\n  return [1,\n    [2]];\n};');
  }
  const code = `globalThis.never = new Promise(() => {});
    for (let i = 0; i < 15; i++) require('${folder}/suspended-' + i + '.cjs').wait(globalThis.never);
    setInterval(() => {}, 1000); console.log('ready');`;
  const { port } = await startTarget({ execPath, code, ready: true });
  const tracer = await attach(port);
  const start = performance.now();
  await tracer.start({ lines: { include: [`${folder}/*`] } });
  const blocked = tracer.scriptEdits.filter(({ outcome }) => outcome === 'blocked');
  expect(blocked.map(({ url }) => url).sort()).toEqual(Array.from({ length: 15 }, (_, i) => `file://${module(i)}`).sort());
  expect(performance.now() - start).toBeLessThan(15 * 2000); // the time that it would take one after the other
  await tracer.close();
});

testAllAtOnce('live edit leaves a script alone that is always suspended at an await, and says so (matrix)', async ({ execPath }) => {
  const target = await startTarget({ execPath, file: FILE, args: ['suspended'], ready: true });
  const before = await evaluateIn(target.port, 'source()');
  const tracer = await attach(target.port);
  await tracer.start({ lines: true, mode: 'exact' });
  expect(tracer.scriptEdits).toEqual([
    { url: expect.stringContaining('service.cjs'), outcome: 'blocked', reason: expect.stringMatching(/^Blocked\w*$/) },
  ]);
  expect(await evaluateIn(target.port, 'source()')).toBe(before);
  expect(await evaluateIn(target.port, 'work(1000)')).toBe(1000);
  const functions = (await tracer.takeSnapshot()).statistics('function').map(({ traceback }) => traceback.at(-1)!);
  expect(functions.find(({ functionName }) => functionName === 'handle')).toMatchObject({ lineno: 3, precision: 'function' });
  await tracer.close();
});
