import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../../src/discovery/connect.js';
import { discover } from '../../../src/discovery/discovery.js';
import { attach, Snapshot } from '../../../src/index.js';
import { expectClean } from '../../helpers/clean-target.js';
import { runCommand, startCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { untilSampled } from '../../helpers/sampled.js';
import { reapTargets, startTarget, type TargetProcess, temporaryFolder } from '../../helpers/target-process.js';

const SERVICE = repoPath('fixtures/programs/service.cjs');

afterEach(reapTargets);

function service(execPath: string, ...args: string[]): Promise<TargetProcess> {
  return startTarget({ execPath, file: SERVICE, args, execArgv: ['--max-inlined-bytecode-size=0'], ready: true });
}

describe.each(oldestAndNewest())('tracemalloc attach to Node $major', ({ execPath }) => {
  it('prints the top list on stdout after its time, saves, and leaves the target clean', async () => {
    const target = await service(execPath);
    const folder = temporaryFolder();
    const options = ['--duration', '500ms', '--interval', '1', '--include', '*service.cjs', '-o', 'out.tmsnap'];
    const { code, stdout, stderr } = await runCommand(['attach', `${target.port}`, ...options], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^traced [\d.]+ \w+, heap used [\d.]+ \w+, external [\d.]+ \w+, array buffers [\d.]+ \w+, rss [\d.]+ MiB$/m);
    expect(stdout).toMatch(
      /^sampled, one block in 1 B on average; lines are where functions start\. Each row is the function that allocated; what V8 inlined into it counts/m,
    );
    expect(stdout).toMatch(/^ *[\d.]+ KiB +~?\d+ +15\d B {2}.*service\.cjs:4 serve$/m);
    expect(stderr).toBe('snapshot saved as out.tmsnap\n');
    expect(Snapshot.load(`${folder}/out.tmsnap`).capture.target.pid).toBe(target.pid);
    expect(readdirSync(folder)).toEqual(['out.tmsnap']);
    await expectClean(target);
  });

  it.each([
    { signal: 'SIGINT', mark: '' },
    { signal: 'SIGTERM', mark: ' (matrix)' },
  ] as const)('$signal ends it early, with a result and a clean target$mark', async ({ signal }) => {
    const target = await service(execPath);
    const command = startCommand(['attach', `127.0.0.1:${target.port}`, '--duration', '1h', '--json', '--interval', '512']);
    await untilSampled(target, true);
    command.child.kill(signal);
    const { code, stdout, stderr } = await command.exited;
    expect([code, stderr]).toEqual([0, '']);
    const { total, statistics } = JSON.parse(stdout);
    expect(total.size).toBe(statistics.reduce((sum: number, { size }: { size: number }) => sum + size, 0));
    await expectClean(target);
  });
});

describe.each(oldestAndNewest())('several snapshots in one tracing of Node $major', ({ execPath }) => {
  it('--every prints what changed from one to the next and in all, saves each, and leaves the target clean', async () => {
    const target = await service(execPath);
    const cwd = temporaryFolder();
    const times = ['--warmup', '0', '--every', '300ms', '--duration', '1h', '--interval', '1', '--include', '*service.cjs'];
    const command = startCommand(['attach', `${target.port}`, ...times, '-o', 'r.tmsnap'], { cwd });
    await command.waitFor('stderr', /snapshot saved as (r\.tmsnap\.3)/);
    command.child.kill('SIGINT');
    const { code, stdout } = await command.exited;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^round 2, [\d.]+ s after round 1:\ntraced (?:.*\n){5} *\+[\d.]+ KiB .*service\.cjs:4 serve\n/);
    expect(stdout).toMatch(/\n\nround 3, [\d.]+ s after round 2:\ntraced /);
    expect(stdout).toMatch(
      /\n\nround \d+, [\d.]+ s after round 1:\ntraced (?:.*\n){5} *\+[\d.]+ [KM]iB .*service\.cjs:4 serve\n(?:.*\n)*?before → after: heap .*\n$/,
    );
    await expectClean(target);
    const [first, last] = [Snapshot.load(`${cwd}/r.tmsnap.1`), Snapshot.load(`${cwd}/r.tmsnap`)];
    expect(first.capture.tracing).toBe(last.capture.tracing);
    expect(last.allocatedSince(first).traces.length).toBeGreaterThan(0);
    const { stdout: compared } = await runCommand(['diff', 'r.tmsnap.1', 'r.tmsnap'], { cwd });
    expect(compared).toMatch(/^traced .*\nresident: .*\nsampled, .*\n\n +change /); // no note that it is not growth
  });

  it('if the target is killed meanwhile, the latest snapshot is compared with the first (matrix)', async () => {
    const target = await service(execPath);
    const cwd = temporaryFolder();
    const rounds = startCommand(['attach', `${target.port}`, '--warmup', '0', '--every', '200ms', '--duration', '1h', '-o', 'r.tmsnap'], {
      cwd,
    });
    await rounds.waitFor('stderr', /snapshot saved as (r\.tmsnap\.2)/);
    await target.kill();
    const { code, stdout, stderr } = await rounds.exited;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^no last snapshot: .*; what follows is round \d+ of 20/m);
    expect(stdout).toMatch(/^round \d, [\d.]+ s after round 1:$/m);
  });
});

const execPath = process.execPath;

it('--diff without a first snapshot prints what there is, says so, and exits with 1 (long)', async () => {
  const target = await service(execPath);
  const command = startCommand(['attach', `${target.port}`, '--warmup', '1h', '--diff', '--interval', '512']);
  await untilSampled(target, true);
  command.child.kill('SIGINT');
  const { code, stdout, stderr } = await command.exited;
  expect([code, stderr]).toEqual([
    1,
    'there is no earlier round to compare with: what follows is what was allocated since the tracing began\n',
  ]);
  expect(stdout).toMatch(/^traced /);
});

it('two runs of attach are two tracings, and their diff says so first (long)', async () => {
  const target = await service(execPath);
  const cwd = temporaryFolder();
  for (const name of ['a', 'b'])
    expect((await runCommand(['attach', `${target.port}`, '--duration', '100ms', '-o', `${name}.tmsnap`], { cwd })).code).toBe(0);
  const { stdout } = await runCommand(['diff', 'a.tmsnap', 'b.tmsnap'], { cwd });
  expect(stdout).toMatch(new RegExp(`^These are two tracings of process ${target.pid}, and their difference is not growth: `));
});

it('if the target ends meanwhile, it prints what the target held', async () => {
  const target = await service(execPath, '--graceful');
  const command = startCommand(['attach', target.url, '--duration', '1h', '--interval', '1', '--include', '*service.cjs']);
  await untilSampled(target, true);
  target.child.kill('SIGTERM');
  const { code, stdout } = await command.exited;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^traced /);
  await expect(target.exited).resolves.toMatchObject({ code: 9 });
});

it('if the target is killed meanwhile, it says so in one line and exits with 1; --verbose adds the stack (long)', async () => {
  for (const verbose of [[], ['--verbose']]) {
    const target = await service(execPath);
    const command = startCommand(['attach', `${target.port}`, '--duration', '1h', ...verbose]);
    await untilSampled(target, true);
    await target.kill();
    const { code, stdout, stderr } = await command.exited;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^tracemalloc: the target is gone before its result could be taken: .*\n/);
    expect(stderr.split('\n').length > 2).toBe(verbose.length > 0);
  }
});

it('says first that most memory is outside the heap (long)', async () => {
  const target = await service(execPath, '--buffers');
  const { stdout } = await runCommand(['attach', `${target.port}`, '--duration', '100ms']);
  expect(stdout).toMatch(/^Most memory is outside the JavaScript heap, where these traces do not reach: external 6\d\.\d MiB against/);
});

it('--where with an expression that yields no object prints the table anyway, and exits with 1 (long)', async () => {
  const target = await service(execPath);
  const options = ['--duration', '100ms', '--mode', 'objects', '--where', 'throw new Error("\\x1b[2Jgone")'];
  const { code, stdout, stderr } = await runCommand(['attach', `${target.port}`, ...options]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^traced /m);
  expect(stderr).toMatch(/ threw: Error: \\u\{1b\}\[2Jgone\n$/); // escaped, so that a terminal does not obey it
  await expectClean(target);
});

it('--where with the id of an object in the heap (long)', async () => {
  const { port } = await service(execPath);
  const session = await connect(await discover(port));
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false }); // gives every object an id
  const { result } = await session.send('Runtime.evaluate', { expression: 'globalThis' });
  const { heapSnapshotObjectId } = await session.send('HeapProfiler.getHeapObjectId', { objectId: result.objectId! });
  const options = ['attach', `${port}`, '--duration', '100ms', '--mode', 'objects', '--where'];
  const known = await runCommand([...options, `@${heapSnapshotObjectId}`]);
  expect(known).toMatchObject({ code: 0, stderr: expect.stringMatching(/^object mode: with a heap of [^\n]*\n$/) });
  expect(known.stdout).toContain(`@${heapSnapshotObjectId} was allocated\n  before the tracing began\n`);
  const unknown = await runCommand([...options, '@4294967295']);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toMatch(/^no object of the main thread has the id @4294967295 now: /m);
  await session.close();
});

it('a port without inspector, a foreign sampler and a bad number of frames are one line each', async () => {
  const target = await service(execPath);
  const first = await attach(target.port);
  await first.start();
  const foreign = await runCommand(['attach', `${target.port}`, '--duration', '1s']);
  expect([foreign.code, foreign.stdout]).toEqual([1, '']);
  expect(foreign.stderr).toMatch(/^tracemalloc: another tool is sampling the heap of this target.*with force \(--take-over\)\n$/);
  await first.takeSnapshot();
  await first.close();
  const frames = await runCommand(['attach', `${target.port}`, '--nframe', '70000']);
  expect(frames).toMatchObject({ code: 2, stderr: 'tracemalloc: the number of frames must be in range [1; 65535]\n' });
  await target.kill();
  const gone = await runCommand(['attach', `${target.port}`]);
  expect([gone.code, gone.stdout]).toEqual([1, '']);
  expect(gone.stderr).toMatch(/^tracemalloc: .*\n$/);
});

it('a reader that closes the pipe does no harm (long)', async () => {
  const target = await service(execPath);
  const folder = temporaryFolder();
  const command = startCommand(['attach', `${target.port}`, '--duration', '200ms', '-o', 'out.tmsnap'], { cwd: folder });
  command.child.stdout.destroy();
  const { code, stderr } = await command.exited;
  expect([code, stderr]).toEqual([0, 'snapshot saved as out.tmsnap\n']);
  await expectClean(target);
});
