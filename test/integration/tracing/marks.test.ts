import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../../src/discovery/connect.js';
import { discover } from '../../../src/discovery/discovery.js';
import { attach, attachSelf, Filter, launch, UnsupportedError } from '../../../src/index.js';
import { evaluateIn, inTurnOfItsOwn } from '../../helpers/evaluate.js';
import { nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

const MARKED = repoPath('fixtures/programs/marked.cjs');

describe.each(nodeBinaries())('marks on Node $major', ({ execPath }) => {
  it('a launched program stops at its debugger statements, and everything is alive there', async () => {
    const tracer = await launch(MARKED, { execPath, stdio: 'ignore' });
    reapLater(() => tracer.kill('SIGKILL'));
    const marks: [string, number][] = [];
    tracer.onMark(async (label) => {
      const snapshot = await tracer.takeSnapshot();
      marks.push([label, snapshot.filterTraces([new Filter(true, MARKED, { lineno: 3 })]).statistics('filename')[0]?.size ?? 0]);
    });
    await tracer.start({ interval: 1 });
    expect(await tracer.exited).toMatchObject({ code: 0, error: null });
    expect(marks.map(([label]) => label)).toEqual([`${MARKED}:6`, `${MARKED}:8`]);
    const [first, second] = marks.map(([, size]) => size);
    expect(Math.abs(first! / (2000 * 152) - 1)).toBeLessThan(0.1);
    expect(Math.abs((second! - first!) / (1000 * 280) - 1)).toBeLessThan(0.1);
  });
});

describe.each(oldestAndNewest())('marks of a running program, Node $major', ({ execPath }) => {
  it('stops only with a listener; each listener is called until it is removed, which it may do in its call', async () => {
    const target = await startTarget({ execPath, file: repoPath('fixtures/programs/growing.cjs'), ready: true });
    const pass = () => evaluateIn(target.port, `${inTurnOfItsOwn('debugger')}\n//# sourceURL=/app/mark.js`);
    const tracer = await attach(target.port);
    await tracer.start();
    const heard: string[] = [];
    await expect(pass()).resolves.toBe(42);
    expect(heard).toEqual([]);
    const leaveAlways = tracer.onMark((label) => void heard.push(`always ${label}`));
    const leaveOnce = tracer.onMark((label) => {
      leaveOnce();
      heard.push(`once ${label}`);
    });
    await tracer.getTracedMemory(); // its answer comes after the Debugger is enabled
    await expect(pass()).resolves.toBe(42);
    await expect(pass()).resolves.toBe(42);
    expect(heard).toEqual(['always /app/mark.js:1', 'once /app/mark.js:1', 'always /app/mark.js:1']);
    leaveAlways();
    await tracer.getTracedMemory();
    await expect(pass()).resolves.toBe(42);
    const last = new Promise<void>((resolve) => {
      const leaveLast = tracer.onMark(async () => {
        leaveLast();
        await tracer.getTracedMemory(); // by now the Debugger is off, and the target runs
        heard.push('last');
        resolve();
      });
    });
    await tracer.getTracedMemory();
    await expect(pass()).resolves.toBe(42);
    await last;
    await expect(pass()).resolves.toBe(42);
    expect(heard.slice(3)).toEqual(['last']);

    let closing = Promise.resolve();
    tracer.onMark(() => {
      closing = tracer.close();
    });
    await tracer.getTracedMemory();
    await expect(pass()).resolves.toBe(42);
    await closing;
    await expect(pass()).resolves.toBe(42);
  });

  it('objects that a pause showed are freed, even if disabling the Debugger ended the pause', async () => {
    const target = await startTarget({ execPath, file: repoPath('fixtures/programs/growing.cjs'), execArgv: ['--expose-gc'], ready: true });
    const tracer = await attach(target.port);
    const heard = new Promise<string>((resolve) => {
      const leave = tracer.onMark(async (label) => {
        leave();
        await tracer.getTracedMemory(); // by now the Debugger is off, and the target runs
        resolve(label);
      });
    });
    await tracer.getTracedMemory();
    await evaluateIn(target.port, inTurnOfItsOwn('const shown = {}; globalThis.seen = new WeakRef(shown); debugger; shown'));
    await heard;
    await tracer.getTracedMemory();
    expect(await evaluateIn(target.port, inTurnOfItsOwn('gc()').replace('42', 'seen.deref() === undefined'))).toBe(true);
    await tracer.close();
  });

  it('we do not end the pause of another debugger, and it may end ours', async () => {
    const target = await startTarget({ execPath, file: repoPath('fixtures/programs/growing.cjs'), ready: true });
    const tracer = await attach(target.port);
    const heard: string[] = [];
    let done = () => {};
    const told = new Promise<void>((resolve) => {
      done = resolve;
    });
    const other = await connect(await discover(target.port));
    await other.send('Debugger.enable');
    tracer.onMark(async (label) => {
      heard.push(label);
      await other.send('Debugger.resume');
      done();
    });
    await tracer.getTracedMemory();
    const paused = other.waitFor('Debugger.paused');
    await other.send('Debugger.pause');
    await paused; // the pause is in the program's own timer
    expect((await tracer.getTracedMemory()).current).toBe(0); // it answers, and did not resume
    expect(heard).toEqual([]);
    await other.send('Debugger.resume');
    await evaluateIn(target.port, `${inTurnOfItsOwn('debugger')}\n//# sourceURL=/app/mark.js`);
    await told;
    expect(heard).toEqual(['/app/mark.js:1']);
    await Promise.all([tracer.close(), other.close()]);
  });
});

it('an error of a listener is an uncaught exception of the controller, and the target goes on (long)', async () => {
  const target = await startTarget({ execPath: process.execPath, file: repoPath('fixtures/programs/growing.cjs'), ready: true });
  const controller = await startTarget({
    execPath: process.execPath,
    file: repoPath('fixtures/programs/throwing-listener.mjs'),
    args: [`${target.port}`],
    ready: true,
  });
  await expect(evaluateIn(target.port, inTurnOfItsOwn('debugger'))).resolves.toBe(42);
  await expect(controller.exited).resolves.toEqual({ code: 1, signal: null });
  expect(controller.stderr()).toContain('Error: a bug of the listener');
});

it('a process cannot mark itself', async () => {
  const tracer = await attachSelf();
  expect(() => tracer.onMark(() => {})).toThrow(UnsupportedError);
  await tracer.close();
});
