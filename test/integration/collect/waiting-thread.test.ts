import { afterEach, describe, expect, it } from '@jest/globals';
import { attach } from '../../../src/index.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

const WAIT =
  "globalThis.kept = new Array(1000); console.log('ready'); for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);";

describe.each(nodeBinaries())('exact mode, Node $major', ({ execPath }) => {
  it.each([
    ['the main thread', WAIT],
    ['a worker (matrix)', `new (require('node:worker_threads').Worker)(${JSON.stringify(WAIT)}, { eval: true });`],
  ])('%s may be in Atomics.wait when it is asked', async (_, code) => {
    const target = await startTarget({ execPath, code, ready: true });
    const tracer = await attach(target.port);
    await tracer.start({ mode: 'exact' });
    for (let i = 0; i < 5; i++) expect((await tracer.takeSnapshot()).capture.missing).toBeUndefined();
    await tracer.close();
    expect([target.child.exitCode, target.child.signalCode]).toEqual([null, null]);
  });
});
