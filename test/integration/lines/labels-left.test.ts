import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { attach } from '../../../src/index.js';
import { evaluateIn, openEvaluator } from '../../helpers/evaluate.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

const PROGRAM = repoPath('fixtures/programs/labels-left.mjs');
const LABELLED = { mode: 'exact', labels: true } as const;
/** Attaches, says so, and waits to be killed. */
const CONTROLLER = `
  const { attach } = await import(process.argv[1]);
  const tracer = await attach({ port: Number(process.argv[2]) });
  await tracer.start(${JSON.stringify(LABELLED)});
  console.log('labelled');
  setInterval(() => {}, 1000);`;

describe.each(oldestAndNewest())('labels in a running program, Node $major', ({ execPath }) => {
  it('are gone after a stop, and closures made meanwhile still run (matrix)', async () => {
    const { port } = await startTarget({ execPath, file: PROGRAM, ready: true });
    const before = await evaluateIn(port, 'look()');
    for (const round of [1, 2]) {
      const tracer = await attach({ port });
      await tracer.start(LABELLED);
      const during = String(await evaluateIn(port, 'look()'));
      expect([round, during.match(/__ntm__/g)?.length, during.match(/node-tracemalloc\.labels/g)?.length]).toEqual([round, 10, 2]);
      expect(during.match(/"emits":\[true,true,true,true,true,true\]/g)).toHaveLength(2);
      expect(await evaluateIn(port, 'use()')).toBe(round === 1 ? '1 1' : '3 3');
      await tracer.close();
      expect(await evaluateIn(port, 'look()')).toBe(before);
      expect(await evaluateIn(port, 'use()')).toBe('3 3');
    }
  });

  it('a function that waits during the stop goes on (matrix)', async () => {
    const { port } = await startTarget({ execPath, file: PROGRAM, ready: true });
    const tracer = await attach({ port });
    await tracer.start(LABELLED);
    await evaluateIn(port, 'globalThis.result = suspended(new Promise((resolve) => { globalThis.goOn = resolve })); 0');
    await tracer.close();
    expect(String(await evaluateIn(port, 'look()')).match(/node-tracemalloc\.labels/)).toBe(null);
    expect(await evaluateIn(port, 'goOn(); result')).toBe(2);
  });

  it('are gone after the controller was killed (matrix)', async () => {
    const { port } = await startTarget({ execPath, file: PROGRAM, ready: true });
    const before = await evaluateIn(port, 'look()');
    const index = repoPath('dist/src/index.js');
    const controller = spawn(process.execPath, ['--input-type=module', '-e', CONTROLLER, index, `${port}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    reapLater(async () => controller.kill('SIGKILL'));
    await once(controller.stdout, 'data');
    expect(await evaluateIn(port, 'look()')).not.toBe(before);
    await evaluateIn(port, 'use()');
    controller.kill('SIGKILL');
    const { evaluate, close } = await openEvaluator(port); // one for all questions: the caretaker has to get a word in
    while ((await evaluate('look()')) !== before) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await evaluate('use()')).toBe('3 3');
    await close();
  }, 120_000);
});
