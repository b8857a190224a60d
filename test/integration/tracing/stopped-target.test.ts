import { afterEach, describe, expect, it } from '@jest/globals';
import { attach } from '../../../src/index.js';
import { ask } from '../../helpers/ask.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { startServing } from '../../helpers/serving.js';
import { reapTargets, startTarget, type TargetProcess } from '../../helpers/target-process.js';

const CODE = `
  const { Worker, isMainThread } = require('node:worker_threads');
  globalThis.make = function make() {
    const list = [1, 2];
    return { list, now: Date.now() };
  };
  setInterval(() => make(), 10);
  if (isMainThread) {
    new Worker(__filename).once('online', () => console.log('ready'));
  }
`;

afterEach(reapTargets);

/** Resolves when the source is as it was, and a new tracing finds no sampler in any thread. */
async function untilClean({ port }: TargetProcess): Promise<void> {
  for (;;) {
    const tracer = await attach(port);
    const missing = await tracer.start().then(
      async () => (await tracer.takeSnapshot()).capture.missing,
      () => 'the sampler',
    );
    await tracer.close();
    const source = await evaluateIn(port, 'String(make)');
    if (missing === undefined && !String(source).includes('=>')) return;
  }
}

describe.each(nodeBinaries())('a target that is stopped when we leave it, Node $major (long)', ({ execPath }) => {
  it('is given up, and its caretaker leaves it when it goes on', async () => {
    const target = await startTarget({ execPath, code: CODE, ready: true });
    const tracer = await attach(target.port);
    await tracer.start({ mode: 'exact', lines: true });
    expect(await evaluateIn(target.port, 'String(make)')).toContain('=>');
    target.child.kill('SIGSTOP');
    const snapshot = tracer.takeSnapshot().catch(({ name }: Error) => name);
    await tracer.close();
    expect([await snapshot, (await tracer.closed).reason]).toEqual(['ConnectionLostError', 'it did not answer when we left it']);
    target.child.kill('SIGCONT');
    await untilClean(target);
    expect(target.child.exitCode).toBeNull();
  });

  it('serve: a client that waits gets its answer, and SIGTERM ends the command with 0', async () => {
    const target = await startTarget({ execPath, code: CODE, ready: true });
    const { command, url } = await startServing(target.port);
    target.child.kill('SIGSTOP');
    const waiting = ask(`${url}/metrics`);
    expect(await ask(`${url}/debug/pprof/`)).toMatchObject({ status: 200 });
    command.child.kill('SIGTERM');
    expect(await waiting).toMatchObject({ status: 503, text: 'tracemalloc serve ends\n' });
    const { code, stderr } = await command.exited;
    expect([code, stderr]).toEqual([0, expect.stringContaining('the target did not answer when we left it')]);
    target.child.kill('SIGCONT');
    await untilClean(target);
  });
});
