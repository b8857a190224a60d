import { existsSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { snapshotOfProfile } from '../../../src/formats/heapprofile-reader.js';
import { attach, Filter, ForeignSamplerError } from '../../../src/index.js';
import { inputFile } from '../../../src/snapshot/file/input-file.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { failureOf } from '../../helpers/failure.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

const PROGRAM = repoPath('fixtures/programs/growing.cjs');
const ours = new Filter(true, PROGRAM, { lineno: 3 });

afterEach(reapTargets);

describe.each(nodeBinaries())('on Node $major (every version)', ({ execPath }) => {
  it('two tracers on one target: the second is refused, the first unharmed; with force it takes over', async () => {
    const target = await startTarget({ execPath, file: PROGRAM, execArgv: ['--max-inlined-bytecode-size=0'], ready: true });
    const [first, second] = [await attach(target.port), await attach(target.port)];
    await first.start({ interval: 1 });
    await evaluateIn(target.port, 'grow(500)');
    const error = await failureOf(second.start({ interval: 1 }));
    expect(error).toBeInstanceOf(ForeignSamplerError);
    expect(error.message).toContain('take over with force');
    expect(second.isTracing()).toBe(false);
    await second.close();
    await evaluateIn(target.port, 'grow(500)');
    expect((await first.takeSnapshot()).filterTraces([ours]).traces.length).toBeGreaterThanOrEqual(1000);

    const third = await attach(target.port);
    await third.start({ interval: 1, force: true });
    await evaluateIn(target.port, 'grow(100)');
    const taken = (await third.takeSnapshot()).filterTraces([ours]).traces.length;
    expect(taken).toBeGreaterThanOrEqual(100);
    expect(taken).toBeLessThan(500);
    await Promise.all([first.close(), third.close()]);
  });

  it('a tracer that has stopped does not end the sampling of another tool when it leaves', async () => {
    const code = `new (require('node:worker_threads').Worker)('setInterval(() => {}, 1e6)', { eval: true }).once('online', () => console.log('ready'));`;
    const target = await startTarget({ execPath, code, ready: true });
    const [first, second] = [await attach(target.port), await attach(target.port)];
    await first.start();
    await first.stop();
    await second.start();
    await first.close();
    const { capture } = await second.takeSnapshot();
    expect(capture.missing).toBeUndefined();
    expect(capture.running).toBe(2);
    await second.close();
  });

  it('a program with --heap-prof is refused, and writes its own profile as it would without us', async () => {
    const folder = temporaryFolder();
    const execArgv = ['--heap-prof', '--heap-prof-interval=64', `--heap-prof-dir=${folder}`];
    const code = `
      globalThis.kept = [];
      function grow() { for (let i = 1; i <= 5000; i++) kept.push(BigInt(i) << 1024n); }
      grow();
      process.stdin.on('data', () => process.exit(5));
      console.log('ready');
    `;
    const target = await startTarget({ execPath, execArgv, code, ready: true });
    const tracer = await attach(target.port);
    expect(await failureOf(tracer.start())).toBeInstanceOf(ForeignSamplerError);
    await tracer.close();
    target.child.stdin.write('exit');
    await expect(target.exited).resolves.toEqual({ code: 5, signal: null });
    const [name] = readdirSync(folder);
    expect(existsSync(`${folder}/${name}`)).toBe(true);
    const grown = snapshotOfProfile(inputFile(`${folder}/${name}`)).filterTraces([new Filter(true, '*target.cjs')]);
    const size = grown.statistics('filename')[0]!.size;
    expect(Math.abs(size / (5000 * 152) - 1)).toBeLessThan(0.1);
  });
});
