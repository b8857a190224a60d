import { afterEach, describe, expect, it } from '@jest/globals';
import connectClient from 'chrome-remote-interface';
import { attach, type Tracer, UsageError } from '../../../src/index.js';
import { openEvaluator } from '../../helpers/evaluate.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

const PROGRAM = repoPath('fixtures', 'programs', 'objects.cjs');
const UNKNOWN =
  /^no object of the main thread has the id @\d+ now: it was collected, is no JavaScript object, or has another id since some client of the inspector left$/;

describe.each(nodeBinaries())('where an object was made, Node $major', ({ execPath }) => {
  async function traced(): Promise<{ port: number; tracer: Tracer; evaluate: (expression: string) => Promise<unknown> }> {
    const { port } = await startTarget({ execPath, file: PROGRAM, ready: true });
    const { evaluate, close } = await openEvaluator(port);
    const tracer = await attach(port);
    await tracer.start({ mode: 'objects', nframe: 10 });
    reapLater(close);
    return { port, tracer, evaluate };
  }

  async function expectMadeBy(maker: string, traceback: ReturnType<Tracer['getObjectTraceback']>): Promise<void> {
    expect(Array.from((await traceback) ?? [], ({ filename, functionName }) => `${functionName} ${filename}`)).toContain(
      `${maker} ${PROGRAM}`,
    );
  }

  it('is found by an expression; null for an object from before the start or clearTraces (matrix)', async () => {
    const { tracer, evaluate } = await traced();
    await evaluate('makePoints(10)');
    await expectMadeBy('globalThis.makePoints', tracer.getObjectTraceback('kept.points[5]'));
    expect(await tracer.getObjectTraceback('early')).toBeNull();
    await tracer.clearTraces();
    expect(await tracer.getObjectTraceback('kept.points[5]')).toBeNull();
    await tracer.close();
  });

  it('says what is wrong with an expression, and the target runs on (long)', async () => {
    const { tracer, evaluate } = await traced();
    await expect(tracer.getObjectTraceback('kept.nothing.at.all')).rejects.toThrow(/"kept.nothing.at.all" threw: TypeError/);
    await expect(tracer.getObjectTraceback('41 + 1')).rejects.toThrow('the expression "41 + 1" yields a number; only objects');
    await expect(tracer.getObjectTraceback('Symbol.iterator')).rejects.toThrow('yields a symbol; only objects');
    await expect(tracer.getObjectTraceback('(() => { throw null })()')).rejects.toThrow(/ threw: null$/);
    await expect(tracer.getObjectTraceback("require('node:events')")).resolves.toBeNull();
    await expect(tracer.getObjectTraceback('kept.nothing')).rejects.toThrow('yields undefined');
    await expect(tracer.getObjectTraceback('for (;;);')).rejects.toThrow('the expression "for (;;);" did not return within 5 s');
    expect(await evaluate('42')).toBe(42);
    await tracer.close();
  });

  it('is found by a RemoteObject of another client, and by its id in the heap (long)', async () => {
    const { port, tracer, evaluate } = await traced();
    const client = await connectClient({ host: '127.0.0.1', port, local: true });
    const remote = async (expression: string) => {
      const { result } = (await client.send('Runtime.evaluate', { expression })) as { result: { objectId: string } };
      return result.objectId;
    };
    await evaluate('makePoints(10); makeTypedArrays(3)');
    const objectId = await remote('kept.typed[1]');
    await expectMadeBy('globalThis.makeTypedArrays', tracer.getObjectTraceback({ objectId, client }));
    const { heapSnapshotObjectId } = (await client.send('HeapProfiler.getHeapObjectId', { objectId })) as { heapSnapshotObjectId: string };
    const heapObjectId = Number(heapSnapshotObjectId);
    await expectMadeBy('globalThis.makeTypedArrays', tracer.getObjectTraceback({ heapObjectId }));
    expect(await tracer.getObjectTraceback({ objectId: await remote('early'), client })).toBeNull();

    const nobody = tracer.getObjectTraceback({ objectId: 'nonsense', client });
    await expect(nobody).rejects.toThrow(/^the client that was given does not know the object "nonsense": /);
    await expect(nobody).rejects.toBeInstanceOf(UsageError);
    await expect(tracer.getObjectTraceback({ heapObjectId: 2 ** 32 - 1 })).rejects.toThrow(UNKNOWN);
    for (const id of [0, 1.5, Number.NaN])
      await expect(tracer.getObjectTraceback({ heapObjectId: id })).rejects.toThrow('a whole number above 0');
    await client.send('Runtime.releaseObject', { objectId });
    await evaluate('kept.typed.length = 0');
    await expect(tracer.getObjectTraceback({ heapObjectId })).rejects.toThrow(UNKNOWN);
    await tracer.close();
    await client.close();
  });
});
