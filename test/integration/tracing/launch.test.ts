import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Filter, LaunchError, type LaunchedTracer, type LaunchOptions, launch, type Snapshot } from '../../../src/index.js';
import { failureOf } from '../../helpers/failure.js';
import { type NodeBinary, nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { reapLater, reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

function program(name: string, code: string): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, code);
  return file;
}

async function launched(file: string, { execPath }: Pick<NodeBinary, 'execPath'>, options: LaunchOptions = {}): Promise<LaunchedTracer> {
  const tracer = await launch(file, { execPath, stdio: 'pipe', ...options });
  reapLater(async () => {
    await tracer.kill('SIGKILL');
    await tracer.exited;
  });
  return tracer;
}

async function outputOf({ stdout, stderr, exited }: LaunchedTracer) {
  const [out, err, exit] = await Promise.all([text(stdout!), buffer(stderr!), exited]);
  return { out, err: err.toString('latin1'), exit };
}

describe.each(nodeBinaries())('launch on Node $major', (binary) => {
  it('lets the children that the program forks run', async () => {
    const code = `
      if (process.argv[2]) process.send(process.execArgv);
      else require('node:child_process').fork(__filename, ['child']).on('message', (execArgv) => console.log(JSON.stringify(execArgv)));`;
    const tracer = await launched(program('forks.cjs', code), binary, { execArgv: ['--no-warnings'] });
    await tracer.start();
    const { out, exit } = await outputOf(tracer);
    expect(JSON.parse(out)).toEqual(['--no-warnings']);
    expect(exit.code).toBe(0);
  });

  it('pauses the program until the start, and keeps its arguments, environment, folder, streams and exit code', async () => {
    const cwd = temporaryFolder();
    const file = program(
      'app.cjs',
      `
      process.stdout.write(JSON.stringify([process.argv.slice(2), process.execArgv, process.env.COLOUR, process.cwd()]));
      process.stdin.on('data', (data) => {
        process.stderr.write(Buffer.from([255, 10, 13]));
        process.stderr.write('Debugger of mine\\nno newline: ' + data);
        process.exitCode = 7;
        process.stdin.destroy();
      });`,
    );
    const options = { args: ['a b', '--verbose'], execArgv: ['--no-warnings'], env: { ...process.env, COLOUR: 'blue' }, cwd };
    const tracer = await launched(file, binary, options);
    let early = '';
    tracer.stdout!.on('data', (data) => {
      early += data;
    });
    expect(await tracer.takeSnapshot().catch((error) => error.name)).toBe('NotTracingError'); // so the target has answered by now
    expect(early).toBe('');
    await tracer.start();
    tracer.stdin!.end('last words');
    const { err, exit } = await outputOf(tracer);
    expect(JSON.parse(early)).toEqual([['a b', '--verbose'], ['--no-warnings'], 'blue', cwd]);
    expect(err).toBe('\u00ff\n\rDebugger of mine\nno newline: last words');
    expect(exit).toMatchObject({ code: 7, signal: null, error: null });
    expect(exit.snapshot!.capture.target).toEqual({
      pid: tracer.pid,
      title: file,
      nodeVersion: expect.stringMatching(`^v${binary.major}`),
    });
  });

  it.each([
    ['app.cjs', ''],
    ['app.mjs', 'await null;'],
  ])('%s: what is alive at the end', async (name, before) => {
    // V8 forgets the name of a script that was garbage collected. A function keeps the script alive.
    const file = program(
      name,
      `${before} globalThis.work = () => {}; globalThis.kept = Array.from({ length: 3000 }, (_, i) => BigInt(i + 1) << 1024n);`,
    );
    const tracer = await launched(file, binary);
    await tracer.start({ interval: 1 });
    const { out, err, exit } = await outputOf(tracer);
    expect([out, err, exit.code, exit.error]).toEqual(['', '', 0, null]);
    const [line] = exit.snapshot!.filterTraces([new Filter(true, file)]).statistics('lineno');
    expect(Math.abs(line!.size / (3000 * 152) - 1)).toBeLessThan(0.1);
  });

  it('takes the last snapshot at process.exit, at an uncaught throw, and of a program that ends at once', async () => {
    const exit = await launched(program('exit.cjs', 'globalThis.kept = [1]; process.exit(12)'), binary);
    await exit.start();
    expect((await outputOf(exit)).exit).toMatchObject({ code: 12, signal: null, error: null, snapshot: expect.anything() });
    const thrown = await launched(program('throw.cjs', 'throw new Error("on purpose")'), binary);
    await thrown.start();
    const { err, exit: end } = await outputOf(thrown);
    expect(end).toMatchObject({ code: 1, signal: null, error: null, snapshot: expect.anything() });
    expect(err).toMatch(/Error: on purpose\n {4}at .*throw\.cjs:1/);
    const empty = await launched(program('empty.cjs', ''), binary);
    await empty.start();
    expect((await outputOf(empty)).exit).toMatchObject({ code: 0, signal: null, error: null, snapshot: expect.anything() });
  });

  it('kill: the snapshot first, then the signal, which the program may handle', async () => {
    const code = 'globalThis.kept = Array.from({ length: 3000 }, (_, i) => BigInt(i + 1) << 1024n); setInterval(() => {}, 1000);';
    const plain = await launched(program('plain.cjs', `${code} console.log("ready")`), binary);
    const handled = await launched(
      program('handled.cjs', `${code} process.on("SIGTERM", () => { kept = []; process.exit(9); }); console.log("ready")`),
      binary,
    );
    for (const [tracer, end] of [
      [plain, { code: null, signal: 'SIGTERM' }],
      [handled, { code: 9, signal: null }],
    ] as const) {
      const ready = new Promise((resolve) => tracer.stdout!.once('data', resolve));
      await tracer.start({ interval: 1 });
      await ready;
      await tracer.kill();
      const exit = await tracer.exited;
      expect(exit).toMatchObject(end);
      expect(exit.snapshot).not.toBeNull();
    }
    const { snapshot } = await plain.exited;
    expect(snapshot!.filterTraces([new Filter(true, '*plain.cjs')]).traces.length).toBeGreaterThanOrEqual(3000);
  });
});

describe.each(oldestAndNewest())('a launch without a start, Node $major', (binary) => {
  it('close() before the start lets the program run untraced', async () => {
    const tracer = await launched(program('free.cjs', 'debugger; console.log("done"); process.exitCode = 4'), binary);
    tracer.onMark(() => {
      throw new Error('nobody watches any more');
    });
    await tracer.close();
    const { out, err, exit } = await outputOf(tracer);
    expect([out, err]).toEqual(['done\n', '']);
    expect(exit).toEqual({ code: 4, signal: null, snapshot: null, atHeapLimit: false, peak: null, error: null });
  });

  it('a start that is refused leaves the program paused, and it can still run or be killed', async () => {
    const tracer = await launched(program('paused.cjs', 'console.log("done")'), binary);
    expect((await failureOf(tracer.start({ nframe: 0 }))).name).toBe('UsageError');
    await tracer.resume();
    expect((await outputOf(tracer)).out).toBe('done\n');
    const other = await launched(program('paused.cjs', 'console.log("done")'), binary);
    expect((await failureOf(other.start({ interval: 0 }))).name).toBe('UsageError');
    await other.kill();
    const { out, exit } = await outputOf(other);
    expect([out, exit.signal, exit.snapshot]).toEqual(['', 'SIGTERM', null]);
  });

  it('a missing script is not started, and one that cannot be read leaves no snapshot', async () => {
    const missing = join(temporaryFolder(), 'missing.cjs');
    const failure = await failureOf(launched(missing, binary));
    expect(failure).toBeInstanceOf(LaunchError);
    expect(failure.message).toBe(`${missing} was not started: there is no file ${missing}`);
    const tracer = await launched(program('broken.cjs', 'let = ;'), binary);
    await tracer.start({ peak: true });
    const { err, exit } = await outputOf(tracer);
    expect(err).toContain('SyntaxError');
    expect(exit).toMatchObject({ code: 1, snapshot: null, peak: null, error: expect.any(LaunchError) });
  });

  it('a bad flag, binary or folder is one LaunchError', async () => {
    const file = program('app.cjs', '');
    const flag = await failureOf(launched(file, binary, { execArgv: ['--no-such-flag'] }));
    expect(flag).toBeInstanceOf(LaunchError);
    expect(flag.message).toMatch(/node ended with exit code 9 before the program's first line; it wrote: .*bad option: --no-such-flag/);
    const missing = await failureOf(launched(file, { execPath: '/no/such/node' }));
    expect(missing).toBeInstanceOf(LaunchError);
    expect(missing.message).toContain('/no/such/node does not run');
    expect(await failureOf(launched(file, binary, { cwd: '/no/such/folder' }))).toBeInstanceOf(LaunchError);
    const other = await failureOf(launched(file, { execPath: '/bin/true' }));
    expect(other).toBeInstanceOf(LaunchError);
    expect(other.message).toContain("exit code 0 before the program's first line");
    const tooLong = await failureOf(launched(file, binary, { args: ['x'.repeat(200_000)], follow: true }));
    expect([tooLong.name, tooLong.message]).toEqual(['LaunchError', `${binary.execPath} does not run (spawn E2BIG)`]);
  });

  it('an impossible stream, argument or signal is a UsageError', async () => {
    const file = program('app.cjs', 'setInterval(() => {}, 1000)');
    const stdio = 'nothing' as 'ignore';
    expect((await failureOf(launched(file, binary, { stdio: [stdio, stdio, stdio] }))).name).toBe('UsageError');
    expect((await failureOf(launched(file, binary, { args: ['a\0b'] }))).name).toBe('UsageError');
    const tracer = await launched(file, binary);
    expect((await failureOf(tracer.kill('SIGNONE' as 'SIGTERM'))).message).toBe('unknown signal: "SIGNONE"');
    await tracer.start();
    await tracer.kill();
    expect((await tracer.exited).snapshot).not.toBeNull();
  });

  it.each(['stop', 'close'] as const)('%s() of a program that ends meanwhile', async (leave) => {
    const tracer = await launched(program('ends.cjs', 'globalThis.kept = [{}]; debugger;'), binary);
    const marked = new Promise<void>((resolve) => {
      tracer.onMark(async () => {
        await tracer.takeSnapshot();
        resolve();
      });
    });
    await tracer.start({ mode: 'exact', inlining: false });
    await marked;
    await tracer[leave]();
    expect((await tracer.exited).code).toBe(0);
  });

  it('calls that are not awaited are carried out in order', async () => {
    const file = program('first.cjs', 'globalThis.kept = Array.from({ length: 1000 }, (_, i) => BigInt(i + 1) << 6144n); debugger;');
    const tracer = await launched(file, binary);
    const marked = new Promise<Snapshot>((resolve) => tracer.onMark(async () => resolve(await tracer.takeSnapshot())));
    await Promise.all([tracer.start({ mode: 'exact' }), tracer.resume()]);
    expect((await marked).traces.filter(({ size }) => size === 792)).toHaveLength(1000);
    const closed = tracer.close();
    expect((await failureOf(tracer.takeSnapshot())).name).toBe('NotTracingError');
    await closed;
    expect((await tracer.exited).code).toBe(0);
    const paused = await launched(file, binary);
    const given = [paused.close(), failureOf(paused.takeSnapshot())] as const;
    expect((await given[1]).name).toBe('NotTracingError');
    await given[0];
  });

  it("Node's permission model: one LaunchError, unless it allows the inspector", async () => {
    const file = program('app.cjs', 'console.log(process.permission.has("fs.write"))');
    for (const options of [
      { execArgv: ['--permission', '--allow-fs-read=*'] },
      { env: { ...process.env, NODE_OPTIONS: '--no-warnings --permission' } },
      { execArgv: ['--permission', '--allow-inspector', '--allow-fs-read=*'], follow: true },
    ]) {
      const error = await failureOf(launched(file, binary, options));
      expect(error).toBeInstanceOf(LaunchError);
      expect(error.message).toContain("Node's permission model keeps it from being traced");
    }
    const launching = launched(file, binary, { execArgv: ['--no-warnings', '--permission', '--allow-inspector'] });
    if (binary.major < 24) expect((await failureOf(launching)).message).toContain('bad option: --permission');
    else {
      const tracer = await launching;
      await tracer.start();
      expect(await outputOf(tracer)).toMatchObject({ out: 'false\n', exit: { code: 0, snapshot: expect.anything() } });
    }
  });

  it('a followed program that ends without announcing itself is not waited for, even if its stderr has an address', async () => {
    const shell = program('node.sh', "#!/bin/sh\necho 'Debugger listening on ws://127.0.0.1:1/app' >&2\n");
    chmodSync(shell, 0o755);
    const error = await failureOf(launched(program('app.cjs', ''), { execPath: shell }, { follow: true }));
    expect(error.message).toContain("exit code 0 before the program's first line");
  });

  it('stderr is kept for a late reader', async () => {
    const tracer = await launched(program('late.cjs', 'console.error("still there")'), binary);
    await tracer.start();
    await tracer.exited;
    expect(await text(tracer.stderr!)).toBe('still there\n');
  });
});
