import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { attach } from '../../../src/index.js';
import { ask } from '../../helpers/ask.js';
import { runCommand, startCommand } from '../../helpers/command.js';
import { failureOf } from '../../helpers/failure.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { untilSampled } from '../../helpers/sampled.js';
import { startServing } from '../../helpers/serving.js';
import { reapTargets, startTarget, type TargetProcess, temporaryFolder } from '../../helpers/target-process.js';

const FLAG = '--abort-on-uncaught-exception';
/** Ends by itself, in the way that its argument says. */
const PROGRAM = `
  const { Worker, isMainThread } = require('node:worker_threads');
  globalThis.kept = Array.from({ length: 1000 }, (_, i) => ({ i }));
  const [, , how] = process.argv;
  if (how === 'worker' && isMainThread) new Worker(__filename);
  if (how === 'child') require('node:child_process').spawnSync(process.execPath, [__filename]);
  if (how === 'exit') process.exit(7);
  debugger;
`;
/** Ends when its stdin ends. */
const SERVICE = "globalThis.kept = []; process.stdin.resume(); console.log('ready')";

afterEach(reapTargets);

/** Several at a time, on few cores. */
async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += 2) await Promise.all(items.slice(at, at + 2).map(work));
}

describe.each(nodeBinaries())(`a program with ${FLAG} on Node $major`, ({ execPath }) => {
  it('run: it ends as it would without us, in every mode, and leaves its snapshot', async () => {
    const folder = temporaryFolder();
    const script = join(folder, 'program.cjs');
    writeFileSync(script, PROGRAM);
    const runs: [how: string, options: string[], code: number, env?: NodeJS.ProcessEnv][] = [
      ['', [], 0, { NODE_OPTIONS: FLAG }],
      ['exit', ['--peak'], 7],
      ['', ['--mode', 'exact', '--marks'], 0],
      ['', ['--mode', 'objects'], 0],
      ['worker', ['--keep-ended', '--on-oom'], 0],
      ['child', ['--follow', '--lines'], 0, { NODE_OPTIONS: FLAG }],
    ];
    await inPairs([...runs.entries()], async ([nth, [how, options, expected, env]]) => {
      const output = join(folder, `${nth}.tmsnap`);
      const args = ['run', '--node', execPath, ...(env ? [] : [`--node-arg=${FLAG}`]), '-o', output, ...options, script, how];
      const { code, stderr } = await runCommand(args, env && { env });
      expect([nth, code, stderr]).toEqual([nth, expected, expect.stringContaining(`snapshot saved as ${output}`)]);
    });
  });

  const service = (): Promise<TargetProcess> => startTarget({ execPath, execArgv: [FLAG], code: SERVICE, ready: true });

  it('attach and serve: it survives its end', async () => {
    const options = [
      ['--mode', 'exact'],
      ['--mode', 'objects'],
      ['--lines', '--keep-ended'],
      ['--on-oom', '--no-inline'],
    ];
    await inPairs(options, async (option) => {
      const target = await service();
      const isSampled = !option.includes('objects');
      const command = startCommand([
        'attach',
        `${target.port}`,
        ...(isSampled ? ['--duration', '1h'] : ['--duration', '100ms']),
        ...option,
      ]);
      if (isSampled) await untilSampled(target, true);
      else await command.exited;
      target.child.stdin.end();
      expect([option, await target.exited]).toEqual([option, { code: 0, signal: null }]);
      expect([option, (await command.exited).code]).toEqual([option, 0]);
    });
    const target = await service();
    const { command, url } = await startServing(target.port);
    await ask(`${url}/metrics`);
    target.child.stdin.end();
    await expect(target.exited).resolves.toEqual({ code: 0, signal: null });
    await expect(command.exited).resolves.toMatchObject({ code: 1, stderr: expect.stringContaining('the program ended') });
  });

  it('it survives every expression of the user (every version)', async () => {
    const target = await service();
    const tracer = await attach(target.port);
    await tracer.start({ mode: 'objects' });
    for (const [expression, failure] of [
      ['app.cache', 'threw: ReferenceError: app is not defined'],
      ['app.', 'threw: SyntaxError: '],
      ['(function again() { again(); })()', 'threw: RangeError: '],
      ["require('/nowhere')", 'threw: '],
      ['void Promise.reject(new Error(1)).catch(() => {})', 'yields undefined'],
    ] as const) {
      expect((await failureOf(tracer.getObjectTraceback(expression))).message).toContain(failure);
    }
    await tracer.getObjectTraceback('Promise.reject(new Error("nobody handles this"))');
    await tracer.getObjectTraceback('kept');
    await tracer.close();
    target.child.stdin.end();
    await expect(target.exited).resolves.toEqual({ code: 0, signal: null });
  });
});
