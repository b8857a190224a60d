import { afterEach, describe, expect, test } from '@jest/globals';
import { connect } from '../../../src/discovery/connect.js';
import { discover } from '../../../src/discovery/discovery.js';
import { listNodeProcesses } from '../../../src/discovery/inspectable.js';
import { CommandError, CommandTimeoutError, ConnectionLostError } from '../../../src/errors.js';
import { evaluation, heapUsage, parseAnswer, parseSamplingProfile, pausedEvent } from '../../../src/protocol/schemas.js';
import type { Session } from '../../../src/protocol/session.js';
import { inTurnOfItsOwn } from '../../helpers/evaluate.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { reapTargets, startTarget, type TargetProcess } from '../../helpers/target-process.js';

/** Obeys the lines of its stdin, so that its orders do not come through the connection under test. */
const OBEDIENT = `
  const orders = {
    exit: () => process.exit(3),
    closeInspector: () => require('node:inspector').close(),
  };
  process.stdin.setEncoding('utf8').on('data', (order) => orders[order.trim()]());
  globalThis.kept = [];
  console.log('ready');
`;

const sessions: Session[] = [];

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
  await reapTargets();
});

async function attached(target: TargetProcess, timeoutMs?: number): Promise<Session> {
  const session = await connect(await discover(target.port), { timeoutMs });
  sessions.push(session);
  return session;
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  return (await promise.catch((error: unknown) => error)) as Error;
}

function never(session: Session, options?: { timeoutMs: number }): Promise<unknown> {
  return session.send('Runtime.evaluate', { expression: 'new Promise(() => {})', awaitPromise: true }, options);
}

describe.each(nodeBinaries())('Node $major', ({ major, execPath }) => {
  const start = (): Promise<TargetProcess> => startTarget({ execPath, code: OBEDIENT, ready: true });

  test('discovery, an evaluation, a profile, the heap usage', async () => {
    const target = await start();
    const endpoint = await discover(target.url);
    expect(endpoint).toMatchObject({ port: target.port, webSocketUrl: target.url, loopback: true });
    expect(endpoint.nodeVersion).toMatch(new RegExp(`^v${major}\\.`));
    expect(endpoint.label).toBe(`127.0.0.1:${target.port} (target.cjs)`);
    const session = await attached(target);
    const pid = parseAnswer(evaluation, await session.send('Runtime.evaluate', { expression: 'process.pid' }), 'the pid');
    expect(pid.result.value).toBe(target.pid);
    const usage = parseAnswer(heapUsage, await session.send('Runtime.getHeapUsage'), 'the heap usage');
    expect(usage.usedSize).toBeGreaterThan(100_000);
    const error = await failure(session.send('HeapProfiler.getSamplingProfile'));
    expect(error).toBeInstanceOf(CommandError);
    expect(error.message).toContain('was not started');
    await session.send('HeapProfiler.startSampling', { samplingInterval: 512 });
    await session.send('Runtime.evaluate', { expression: 'for (let i = 0; i < 1000; i++) kept.push({ i, text: [i] })' });
    const profile = parseSamplingProfile(await session.send('HeapProfiler.getSamplingProfile'));
    expect(profile.samples.length).toBeGreaterThan(10);
    await session.close();
    expect((await target.kill()).signal).toBe('SIGKILL');
  });

  test('a second client is served, and outlives the first', async () => {
    const target = await start();
    const [first, second] = [await attached(target), await attached(target)];
    await first.close();
    const answer = await second.send('Runtime.evaluate', { expression: '1 + 1' });
    expect(answer.result.value).toBe(2);
  });

  test('SIGKILL during a command', async () => {
    const target = await start();
    const session = await attached(target);
    const outcome = failure(never(session));
    await target.kill();
    const error = await outcome;
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error.message).toBe(
      `lost the connection to 127.0.0.1:${target.port} (target.cjs) while evaluating an expression in the program: ` +
        'the program ended or was killed, or the network failed; if it still runs, attach again',
    );
    expect(error.stack).toContain('target.test');
    expect(session.isOpen).toBe(false);
  });

  test('an exit during a command: the program waits at its end until we leave', async () => {
    const target = await start();
    const session = await attached(target);
    await session.send('Runtime.enable');
    const gone = session.waitFor('Runtime.executionContextDestroyed');
    const outcome = failure(never(session));
    target.child.stdin.write('exit\n');
    await gone;
    const error = await outcome;
    expect(error).toBeInstanceOf(CommandError);
    expect(error.message).toMatch(/Execution context was destroyed|Cannot find context with specified id/);
    await expect(session.send('Runtime.getHeapUsage')).resolves.toHaveProperty('usedSize');
    await session.close('the program is at its end');
    expect((await target.exited).code).toBe(3);
  });

  test('a command that itself ends the program gets no answer, and fails at its limit', async () => {
    const target = await start();
    const session = await attached(target);
    const error = await failure(session.send('Runtime.evaluate', { expression: 'process.exit(4)' }, { timeoutMs: 500 }));
    expect(error).toBeInstanceOf(CommandTimeoutError);
    expect(error.message).toContain('or at its end');
  });

  test('the program closes its inspector', async () => {
    const target = await start();
    const session = await attached(target);
    const outcome = failure(never(session));
    target.child.stdin.write('closeInspector\n');
    const error = await outcome;
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error.message).toContain('the program closed its inspector; attach to its pid');
  });

  test('a program paused in a debugger still gives profiles', async () => {
    const target = await start();
    const [debuggerSession, session] = [await attached(target), await attached(target)];
    await session.send('HeapProfiler.startSampling', { samplingInterval: 32768 });
    await debuggerSession.send('Debugger.enable');
    const paused = debuggerSession.waitFor('Debugger.paused');
    void failure(debuggerSession.send('Runtime.evaluate', { expression: inTurnOfItsOwn('debugger') }));
    expect(parseAnswer(pausedEvent, await paused, 'the pause').callFrames.length).toBeGreaterThan(0);
    parseSamplingProfile(await session.send('HeapProfiler.getSamplingProfile'));
    const timer = 'new Promise((resolve) => setTimeout(resolve, 0))';
    const error = await failure(session.send('Runtime.evaluate', { expression: timer, awaitPromise: true }, { timeoutMs: 200 }));
    expect(error).toBeInstanceOf(CommandTimeoutError);
    expect(error.message).toContain('the program may be stopped, busy, paused in a debugger');
    await debuggerSession.send('Debugger.resume');
  });

  test('a stopped program is not taken for a dead one', async () => {
    const target = await start();
    const session = await attached(target);
    target.child.kill('SIGSTOP');
    const error = await failure(session.send('Runtime.getHeapUsage', undefined, { timeoutMs: 200 }));
    expect(error).toBeInstanceOf(CommandTimeoutError);
    target.child.kill('SIGCONT');
    expect(session.isOpen).toBe(true);
    await expect(session.send('Runtime.getHeapUsage')).resolves.toMatchObject({ usedSize: expect.any(Number) });
  });

  test('is on the list of Node processes', async () => {
    const target = await start();
    const found = (await listNodeProcesses()).processes.find(({ pid }) => pid === target.pid);
    expect(found?.endpoint?.webSocketUrl).toBe(target.url);
  });
});
