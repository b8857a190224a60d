import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../../src/discovery/connect.js';
import { discover } from '../../../src/discovery/discovery.js';
import { attach, CommandTimeoutError, ConnectionLostError, Filter, type Snapshot, type Tracer } from '../../../src/index.js';
import { inTurnOfItsOwn } from '../../helpers/evaluate.js';
import { failureOf } from '../../helpers/failure.js';
import { type NodeBinary, nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { reapTargets, startTarget, type TargetProcess } from '../../helpers/target-process.js';

/** Obeys the lines of its stdin, and ends when stdin ends. */
const OBEDIENT = `
  globalThis.kept = [];
  function grow() { for (let i = 1; i <= 2000; i++) kept.push(BigInt(i) << 1024n); }
  const orders = {
    grow: () => { grow(); console.log('grown'); },
    exit: () => process.exit(3),
    throw: () => { throw new Error('on purpose'); },
  };
  process.stdin.setEncoding('utf8').on('data', (order) => orders[order.trim()]());
  console.log('ready');
`;

afterEach(reapTargets);

function started({ execPath }: NodeBinary): Promise<TargetProcess> {
  return startTarget({ execPath, code: OBEDIENT, execArgv: ['--max-inlined-bytecode-size=0'], ready: true });
}

async function order(target: TargetProcess, what: string): Promise<void> {
  const said = new Promise((resolve) => target.child.stdout.once('data', resolve));
  target.child.stdin.write(`${what}\n`);
  await said;
}

function grown(snapshot: Snapshot): number {
  return snapshot.filterTraces([new Filter(true, '*target.cjs', { lineno: 3 })]).traces.length;
}

describe.each(nodeBinaries())('a target that ends while it is traced, Node $major (every version)', (binary) => {
  it.each([
    ['by itself', (target: TargetProcess) => target.child.stdin.end(), 0],
    ['by process.exit', (target: TargetProcess) => target.child.stdin.write('exit\n'), 3],
    ['by a throw', (target: TargetProcess) => target.child.stdin.write('throw\n'), 1],
  ])('%s: is not kept waiting, and leaves its last snapshot', async (_, end, code) => {
    const target = await started(binary);
    const tracer = await attach(target.port);
    await tracer.start({ interval: 1 });
    await order(target, 'grow');
    end(target);
    await expect(target.exited).resolves.toEqual({ code, signal: null });
    const { snapshot, error, reason } = await tracer.closed;
    expect(error).toBeNull();
    expect(reason).toBe('the program ended');
    expect(grown(snapshot!)).toBeGreaterThanOrEqual(2000);
    expect(tracer.isTracing()).toBe(false);
  });

  it('a target that is not traced does not wait for us at its end either', async () => {
    const target = await started(binary);
    const tracer = await attach(target.port);
    target.child.stdin.end();
    await expect(target.exited).resolves.toEqual({ code: 0, signal: null });
    await expect(tracer.closed).resolves.toMatchObject({ snapshot: null, error: null });
  });
});

const COMMANDS: [string, (tracer: Tracer) => Promise<unknown>][] = [
  ['takeSnapshot', (tracer) => tracer.takeSnapshot()],
  ['clearTraces', (tracer) => tracer.clearTraces()],
  ['getTracedMemory', (tracer) => tracer.getTracedMemory()],
  ['stop', (tracer) => tracer.stop()],
  ['close', (tracer) => tracer.close()],
];

describe.each(oldestAndNewest())('trouble during a command, Node $major', (binary) => {
  /** Stops the target before the command, so that it certainly does not answer before it is killed. */
  async function killedDuring(target: TargetProcess, command: () => Promise<unknown>): Promise<Error> {
    target.child.kill('SIGSTOP');
    const outcome = failureOf(command());
    await target.kill();
    return outcome;
  }

  it('SIGKILL during start', async () => {
    const target = await started(binary);
    const tracer = await attach(target.port);
    expect(await killedDuring(target, () => tracer.start())).toBeInstanceOf(ConnectionLostError);
    expect(tracer.isTracing()).toBe(false);
  });

  it.each(COMMANDS)('SIGKILL during %s', async (_, command) => {
    const target = await started(binary);
    const tracer = await attach(target.port);
    await tracer.start();
    const error = await killedDuring(target, () => command(tracer));
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error.message).toMatch(/^lost the connection to .* while .*: the program ended or was killed/);
    expect(tracer.isTracing()).toBe(false);
    await expect(tracer.closed).resolves.toMatchObject({ snapshot: null });
    await tracer.close(); // cleaning up causes no second error
  });

  it('if the target is stopped, each command fails in time, and the target lives on (matrix)', async () => {
    const target = await started(binary);
    const timeoutMs = 300;
    const [tracer, late] = [await attach(target.port, { timeoutMs }), await attach(target.port, { timeoutMs })];
    await tracer.start();
    target.child.kill('SIGSTOP');
    const commands: (() => Promise<unknown>)[] = [
      () => late.start(),
      () => tracer.takeSnapshot(),
      () => tracer.getTracedMemory(),
      () => tracer.clearTraces(),
      () => tracer.stop(),
    ];
    for (const command of commands) {
      const error = await failureOf(command());
      expect(error).toBeInstanceOf(CommandTimeoutError);
      expect(error.message).toContain('within 300 ms');
    }
    await expect(attach(target.port, { timeoutMs })).rejects.toThrow('no answer');
    target.child.kill('SIGCONT');
    await order(target, 'grow');
    await Promise.all([tracer.close(), late.close()]);
    const again = await attach(target.port);
    await again.start();
    await again.close();
    target.child.stdin.end();
    await expect(target.exited).resolves.toEqual({ code: 0, signal: null });
  });

  it("tracing works at another debugger's breakpoint, and the target stays there", async () => {
    const target = await started(binary);
    const other = await connect(await discover(target.port));
    await other.send('Debugger.enable');
    const paused = other.waitFor('Debugger.paused');
    const evaluated = other.send('Runtime.evaluate', { expression: inTurnOfItsOwn('debugger'), awaitPromise: true });
    await paused;
    const tracer = await attach(target.port);
    await tracer.start();
    expect((await tracer.takeSnapshot()).capture.heap!.heapUsed).toBeGreaterThan(100_000);
    await tracer.close();
    const resumed = other.waitFor('Debugger.resumed', undefined, { timeoutMs: 100 });
    expect(await failureOf(resumed)).toBeInstanceOf(CommandTimeoutError);
    await other.send('Debugger.resume');
    expect((await evaluated).result.value).toBe(42);
    await other.close();
  });
});
