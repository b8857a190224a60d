import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { askForInspector } from '../../../src/discovery/inspector-signal.js';
import { readProc } from '../../../src/discovery/proc.js';
import { isStillThere, lookAt } from '../../../src/discovery/process-identity.js';
import { attach, ConnectError, UsageError } from '../../../src/index.js';
import { connectToPid } from '../../../src/tracing/attach/pid-attach.js';
import { describeNodes } from '../../helpers/describe-nodes.js';
import { failureOf } from '../../helpers/failure.js';
import { nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { type PlainProcess, startPlain } from '../../helpers/plain-process.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const ALIVE = 'setInterval(() => {}, 1000)';
/** Allocates 100 kB at once, in a function with a unique name. */
const WORKING = `globalThis.kept = []; function work() { kept.push(new Array(1000).fill(0)); } setInterval(work, 1)`;

async function failure(pid: number): Promise<Error> {
  const error = await failureOf(attach({ pid }, { timeoutMs: 1_500 }));
  expect(error).toBeInstanceOf(ConnectError);
  return error;
}

/** Expects that the target still runs, and that nobody has opened its inspector. */
async function expectUntouched(target: PlainProcess): Promise<void> {
  expect([target.child.exitCode, target.child.signalCode, target.stderr()]).toEqual([null, null, '']);
}

describe.each(nodeBinaries())('Node $major', ({ major, execPath }) => {
  it('opens the inspector, finds its port, and closes it at the end, several times', async () => {
    const target = await startPlain(execPath, WORKING);
    for (let round = 0; round < 3; round++) {
      const notices: string[] = [];
      const tracer = await attach({ pid: target.pid }, { onNotice: (notice) => notices.push(notice) });
      const url = await target.waitFor('stderr', new RegExp(`(?:listening on[\\s\\S]*?){${round}}listening on ws://(\\S+?)/`));
      expect(notices).toEqual([`opened the inspector of process ${target.pid} on ${url}; it is closed when we leave`]);
      await tracer.start({ interval: 64 });
      const snapshot = await tracer.takeSnapshot();
      expect(snapshot.capture.target).toMatchObject({ pid: target.pid, nodeVersion: expect.stringMatching(`^v${major}\\.`) });
      await tracer.close();
      expect(notices).toHaveLength(1);
      await expect(attach({ port: Number(url.split(':')[1]) })).rejects.toThrow('nothing listens there');
      expect(target.child.exitCode).toBeNull();
    }
  });

  it('an inspector that was open stays open', async () => {
    const target = await startTarget({ execPath, code: `${ALIVE}; console.log('ready')`, ready: true });
    const notices: string[] = [];
    const tracer = await attach({ pid: target.pid }, { onNotice: (notice) => notices.push(notice) });
    await tracer.start();
    await tracer.close();
    expect(notices).toEqual([]);
    await (await attach(target.port)).close();
  });

  it('another client keeps its connection: the inspector stays open, and we say so', async () => {
    const target = await startPlain(execPath, ALIVE);
    const notices: string[] = [];
    const first = await attach({ pid: target.pid }, { onNotice: (notice) => notices.push(notice) });
    const second = await attach({ pid: target.pid }, { onNotice: (notice) => notices.push(notice) });
    await first.close();
    expect(notices[1]).toMatch(/^the inspector of process \d+ is still open on 127\.0\.0\.1:\d+: another debugger is connected to it$/);
    expect(notices).toHaveLength(2);
    await second.start();
    expect((await second.takeSnapshot()).capture.target.pid).toBe(target.pid);
    await second.close();
  });

  it('never sends the signal to a program that would die of it (every version)', async () => {
    const target = await startPlain(execPath, `const f = () => {}; process.on('SIGUSR1', f).off('SIGUSR1', f); ${ALIVE}`);
    expect((await failure(target.pid)).message).toMatch(
      /^process \d+ \(node\) has removed Node's handler for SIGUSR1, which opens the inspector, so the signal would end it; start it with --inspect/,
    );
    await expectUntouched(target);
  });
});

(process.platform === 'linux' ? describe : describe.skip).each(nodeBinaries())(
  'a program that runs out, Node $major (every version)',
  ({ execPath }) => {
    it('of file descriptors: no signal is sent until some are free', async () => {
      const leak = "const fds = []; try { for (;;) fds.push(require('fs').openSync('/dev/null')); } catch {}";
      const free = "process.stdin.once('data', () => { fds.splice(50).forEach(require('fs').closeSync); console.log('freed'); })";
      const limited = ['sh', '-c', 'ulimit -n 256; exec "$@"', '-', execPath, '--inspect-port=0'] as const;
      const target = await startPlain(execPath, '', { command: [...limited, '-e', `${leak}; ${free}; console.log('ready')`] });
      expect((await failure(target.pid)).message).toContain(
        `cannot open its inspector: it has 0 of its 256 file descriptors left, and Node ends a program that has too few for its inspector; raise the limit (as root: prlimit --pid ${target.pid} --nofile=512) and attach again`,
      );
      await expectUntouched(target);
      target.child.stdin.write('free\n');
      await target.waitFor('stdout', /^(freed)$/m);
      await (await attach({ pid: target.pid })).close();
    });
  },
);

describeNodes(
  'Node $major',
  (major) => major >= 22,
  ({ execPath }) => {
    it.each(['--disable-sigusr1', '--permission'])('%s', async (option) => {
      const target = await startPlain(execPath, ALIVE, { execArgv: [option] });
      expect((await failure(target.pid)).message).toContain('does not open its inspector: it runs with --disable-sigusr1 or --permission');
      await expectUntouched(target);
    });
  },
);

describe.each(oldestAndNewest())('Node $major', ({ execPath }) => {
  it('a program that is busy in JavaScript (matrix)', async () => {
    const target = await startPlain(execPath, `setTimeout(() => { for (;;) { /* busy */ } }, 50)`);
    const notices: string[] = [];
    const tracer = await attach({ pid: target.pid }, { onNotice: (notice) => notices.push(notice) });
    await tracer.start();
    await tracer.takeSnapshot();
    await tracer.close();
    expect(notices[1]).toContain('the program is too busy to close it');
  });

  it('a handler of its own (matrix)', async () => {
    const target = await startPlain(execPath, `process.on('SIGUSR1', () => console.log('mine')); ${ALIVE}`);
    expect((await failure(target.pid)).message).toContain('opened no inspector in time: it has a handler of its own for this signal');
    await target.waitFor('stdout', /^(mine)$/m);
    await expectUntouched(target);
  });

  it('a handler that ends it', async () => {
    const target = await startPlain(execPath, `process.on('SIGUSR1', () => process.exit(0)); ${ALIVE}`);
    expect((await failure(target.pid)).message).toContain('ended when it was asked to open its inspector (SIGUSR1)');
  });

  it('if the port is in use, it says by which process', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    try {
      const target = await startPlain(execPath, ALIVE, { execArgv: [`--inspect-port=${port}`] });
      const { message } = await failure(target.pid);
      expect(message).toContain(`could not open its inspector: 127.0.0.1:${port} is held by process ${process.pid} (`);
      await target.waitFor('stderr', /(address already in use)/);
    } finally {
      server.close();
    }
  });

  it.each([
    ['before we look who has it', 0],
    ['after more time than an inspector may take to open', 2_000],
  ])('if the port will be free, it is asked again once the port is free: %s', async (_, freeAfterMs) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const target = await startPlain(execPath, ALIVE, { execArgv: [`--inspect-port=${port}`] });
    const freeAt = performance.now() + freeAfterMs;
    const connecting = connectToPid(target.pid, 900, () => {
      if (performance.now() > freeAt) server.close();
      return true;
    });
    await target.waitFor('stderr', /(address already in use)/);
    if (freeAfterMs === 0) server.close();
    const { session, caretaker, endpoint, opened } = await connecting;
    expect([endpoint.port, opened]).toEqual([port, true]);
    await session.close();
    caretaker.end({ isLost: true });
  });

  it('the inspector of another program behind one of its sockets is not taken for its own (matrix)', async () => {
    const other = await startTarget({ execPath, code: ALIVE });
    const proxy = `require('net').createServer((a) => { const b = require('net').connect(${other.port}, '127.0.0.1'); a.pipe(b).pipe(a);
      a.on('error', () => b.destroy()); b.on('error', () => a.destroy()); }).listen(0, '127.0.0.1', () => console.log('listens')); ${ALIVE}`;
    const target = await startPlain(execPath, proxy);
    await target.waitFor('stdout', /(listens)/);
    const tracer = await attach({ pid: target.pid });
    await tracer.start();
    expect((await tracer.takeSnapshot()).capture.target.pid).toBe(target.pid);
    await tracer.close();
  });

  it('a stopped program', async () => {
    const target = await startPlain(execPath, ALIVE);
    target.child.kill('SIGSTOP');
    while (readProc(target.pid)?.state !== 'T'); // its threads stop one after the other
    expect((await failure(target.pid)).message).toContain(
      `is stopped and cannot open its inspector; let it go on (kill -CONT ${target.pid})`,
    );
    target.child.kill('SIGCONT');
    await expectUntouched(target);
  });

  it('a number is a pid if no inspector answers on that port', async () => {
    const target = await startPlain(execPath, ALIVE);
    const notices: string[] = [];
    const tracer = await attach(target.pid, { onNotice: (notice) => notices.push(notice) });
    await tracer.close();
    expect(notices).toEqual([expect.stringMatching(/^opened the inspector of process /)]);
  });

  it('if the program ends while it is traced, nothing is left to close', async () => {
    const target = await startPlain(execPath, `process.stdin.once('data', () => process.exit(3)); ${ALIVE}`);
    const notices: string[] = [];
    const tracer = await attach({ pid: target.pid }, { onNotice: (notice) => notices.push(notice) });
    await tracer.start();
    target.child.stdin.write('end\n');
    expect((await tracer.closed).snapshot?.capture.target.pid).toBe(target.pid);
    expect((await target.exited).code).toBe(3);
    expect(notices).toHaveLength(1);
  });
});

it('a Node binary of another name, with servers that never answer (long)', async () => {
  const binary = join(temporaryFolder(), 'my-service');
  copyFileSync(process.execPath, binary);
  const servers = `for (let i = 0; i < 20; i++) require('net').createServer(() => {}).listen(0, '127.0.0.1'); ${ALIVE}`;
  const target = await startPlain(binary, servers);
  const began = performance.now();
  const tracer = await attach({ pid: target.pid });
  expect(performance.now() - began).toBeLessThan(19_000); // one after the other they would take 20 s
  await tracer.close();
});

/** One of the ports on which an inspector is looked for without /proc. */
async function freeUsualPort(): Promise<number> {
  for (let port = 9249; port > 9229; port--) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error('none of the ports 9230 to 9249 is free');
}

const hasTools = ['ps', 'lsof'].every((name) => spawnSync(name, ['-v']).error === undefined);

/** Tests what macOS uses: `ps`, `lsof`, and a question to the usual ports for the pid behind them. */
(hasTools ? it : it.skip)('without /proc (long)', async () => {
  const port = await freeUsualPort();
  const target = await startPlain(process.execPath, ALIVE, { execArgv: [`--inspect-port=${port}`] });
  const controller = `
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    const { attach } = await import('${new URL('../../../src/index.js', import.meta.url).href}');
    const options = { onNotice: (notice) => console.log(notice) };
    const [first, second] = [await attach({ pid: ${target.pid} }, options), await attach({ pid: ${target.pid} }, options)];
    await first.close();
    await second.close();
    await attach({ pid: ${target.pid} }, options).then((tracer) => tracer.close());
    await attach({ pid: process.ppid }).catch((error) => console.log(error.message));
  `;
  const { stdout } = await promisify(execFile)('sh', ['-c', '"$0" --input-type=module -e "$1"; exit', process.execPath, controller]);
  const opened = `opened the inspector of process ${target.pid} on 127.0.0.1:${port}; it is closed when we leave`;
  expect(stdout.split('\n')).toEqual([
    opened,
    `the inspector of process ${target.pid} is still open on 127.0.0.1:${port}: another debugger is connected to it`,
    expect.stringMatching(/^process \d+ \(\w+\) is not a Node program, as far as can be told; check the pid$/),
    '',
  ]);
  await target.waitFor('stderr', /(listening)/);
});

it('a program that is not Node is left alone, even if it handles the signal', async () => {
  const target = await startPlain('', '', {
    command: ['sh', '-c', "trap 'echo signalled' USR1; echo ready; while :; do sleep 0.05; done"],
  });
  expect((await failure(target.pid)).message).toMatch(/^process \d+ \(\w+\) is not a Node program; check the pid$/);
  expect((await target.kill()).signal).toBe('SIGKILL');
});

it('a pid that was reused by another process gets no signal', async () => {
  const target = await startPlain(process.execPath, ALIVE);
  const seen = lookAt(target.pid);
  expect(isStillThere(seen)).toBe(true);
  const earlier = { ...seen, facts: seen.facts && { ...seen.facts, startTime: `${Number(seen.facts.startTime) - 1}` } };
  expect((await failureOf(askForInspector(earlier))).message).toContain('has ended; another process may have its pid now');
  await expectUntouched(target);
});

it('a thread of a process: names the process, and sends no signal', async () => {
  const target = await startPlain(process.execPath, ALIVE);
  const [thread] = readdirSync(`/proc/${target.pid}/task`).filter((id) => id !== `${target.pid}`);
  expect((await failure(Number(thread))).message).toBe(`${thread} is a thread of process ${target.pid}; attach to ${target.pid}`);
  await expectUntouched(target);
});

it('if it opens the inspector and cannot attach to it, it says that the inspector is open (long)', async () => {
  const target = await startPlain(process.execPath, `Object.defineProperty(process, 'pid', { value: 1 }); ${ALIVE}`);
  const { message } = await failure(target.pid);
  const where = await target.waitFor('stderr', /listening on ws:\/\/([\d.:]+)/);
  expect(message).toContain(
    `the inspector of process ${target.pid} (node) was opened and is still open on ${where}, but it could not be attached to`,
  );
});

it('refuses a missing or ended process, our own process, and an invalid pid', async () => {
  const target = await startPlain(process.execPath, ALIVE);
  await target.kill();
  expect((await failure(target.pid)).message).toContain(`no process has the pid ${target.pid}`);
  for (const pid of [0, -1, 1.5, Number.NaN, '4711' as unknown as number, process.pid]) {
    expect(await failureOf(attach({ pid }))).toBeInstanceOf(UsageError);
  }
});
