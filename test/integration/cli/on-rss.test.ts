import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/index.js';
import { runCommand, startCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

/** Grows until so many MiB are resident, and waits. */
const growing = (most: number) => `
  const kept = [];
  function grow() {
    for (let i = 0; i < 10000; i++) kept.push({ a: [i] });
    if (process.memoryUsage.rss() < ${most} * 2 ** 20) setTimeout(grow, 1);
  }
  grow();
  setInterval(() => {}, 2 ** 30);
`;
/** Grows until as many MiB are resident as a line on its stdin says. */
const GROWING_ON_DEMAND = `
  const kept = [];
  process.stdin.setEncoding('utf8').on('data', (line) => {
    while (process.memoryUsage.rss() < Number(line) * 2 ** 20) for (let i = 0; i < 10000; i++) kept.push({ a: [i] });
  });
  console.log('ready');
`;
/** Matches what is said at a step, and the table below. */
const STEP =
  /^\d+(\.\d)? MiB are resident, more than \d+(\.\d)? MiB\nsnapshot saved as s\.tmsnap\.rss\n\n?.* \d+ MiB resident\n(.*\n)+?.*all of it \(rss\)$/m;

describe.each(oldestAndNewest())('--on-rss on Node $major', ({ execPath }) => {
  it('run: a program that is killed leaves the snapshot of the last step (matrix)', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'grow.cjs'), growing(150));
    const command = startCommand(['run', '--node', execPath, '--on-rss', '120MiB', '-o', 's.tmsnap', 'grow.cjs'], { cwd });
    const pid = Number(await command.waitFor('stderr', /^watching the resident memory of process (\d+): a snapshot at 120 MiB$/m));
    await command.waitFor('stderr', /(all of it \(rss\))/);
    process.kill(pid, 'SIGKILL');
    const { code, stderr } = await command.exited;
    expect(code).toBe(137);
    expect(stderr).toMatch(STEP);
    expect(stderr).toMatch(
      /^no last snapshot: the program was killed before it could be asked; what follows is the snapshot at \d+ MiB of resident memory of 20/m,
    );
    expect(readdirSync(cwd).sort()).toEqual(['grow.cjs', 's.tmsnap', 's.tmsnap.rss']);
    const [largest] = Snapshot.load(join(cwd, 's.tmsnap.rss')).statistics('lineno');
    expect(String(largest!.traceback)).toBe(`${join(cwd, 'grow.cjs')}:3`);
    expect(largest!.size).toBeGreaterThan(2 ** 24);
  });
});

it('a program that stays below the limit leaves no snapshot of it', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'small.cjs'), 'globalThis.kept = [];');
  const { code, stderr } = await runCommand(['run', '--on-rss', '100%', '-o', 's.tmsnap', 'small.cjs'], { cwd });
  expect(code).toBe(0);
  expect(stderr).toMatch(/: a snapshot at \S+ \S+ \(100 % of the \S+ \S+ that (the machine has|its control group allows)\)$/m);
  expect(readdirSync(cwd).sort()).toEqual(['s.tmsnap', 'small.cjs']);
});

it.each([
  [['--on-rss', 'much', '-o', 's.tmsnap'], /not a limit of resident memory: "much"; write it as 400MiB/],
  [['--on-rss', '85%'], /--on-rss needs -o FILE/],
  [['--on-rss', '85%', '--mode', 'objects', '-o', 's.tmsnap'], /--on-rss does not go with --mode objects/],
])('attach refuses %j before it touches the target', async (args, message) => {
  const { code, stderr } = await runCommand(['attach', '1', ...args], { cwd: temporaryFolder() });
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

const group = memoryGroup();

(group ? it : it.skip)('attach: the kernel ends a program at the limit of its control group (long)', async () => {
  const limit = 160 * 2 ** 20;
  group!.limit(limit);
  const target = await startTarget({ execPath: process.execPath, code: GROWING_ON_DEMAND, ready: true });
  group!.add(target.child.pid!);
  const cwd = temporaryFolder();
  const command = startCommand(['attach', '--duration', '10m', '--on-rss', '60%', '-o', 's.tmsnap', '--port', `${target.port}`], { cwd });
  expect(await command.waitFor('stderr', /: (a snapshot at .*)\n/)).toBe(
    'a snapshot at 96.0 MiB (60 % of the 160 MiB that its control group allows)',
  );
  target.child.stdin.write('100\n');
  await command.waitFor('stderr', /(all of it \(rss\))/);
  target.child.stdin.write('1000\n');
  expect(await target.exited).toEqual({ code: null, signal: 'SIGKILL' });
  const { code, stderr } = await command.exited;
  expect(code).toBe(1);
  expect(stderr).toMatch(STEP);
  expect(stderr).toMatch(/what follows is the snapshot at \d+(\.\d)? MiB of resident memory of 20/);
  expect(Snapshot.load(join(cwd, 's.tmsnap.rss')).statistics('lineno')[0]!.size).toBeGreaterThan(2 ** 24);
  group!.remove();
});

interface MemoryGroup {
  limit(bytes: number): void;
  add(pid: number): void;
  remove(): void;
}

/** A control group below our own whose memory may be limited; null if this machine lets us make none. */
function memoryGroup(): MemoryGroup | null {
  const rows = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  const places = [
    { path: /^0::(.*)/, mount: '/sys/fs/cgroup', file: 'memory.max' },
    { path: /^\d+:memory:(.*)/, mount: '/sys/fs/cgroup/memory', file: 'memory.limit_in_bytes' },
  ];
  for (const { path, mount, file } of places) {
    const own = rows.map((row) => path.exec(row)?.[1]).find((name) => name !== undefined);
    if (own === undefined) continue;
    const folder = join(mount, own, `on-rss-${process.pid}`);
    try {
      mkdirSync(folder);
      if (readdirSync(folder).includes(file)) {
        return {
          limit: (bytes) => writeFileSync(join(folder, file), `${bytes}`),
          add: (pid) => writeFileSync(join(folder, 'cgroup.procs'), `${pid}`),
          remove: () => rmdirSync(folder),
        };
      }
      rmdirSync(folder);
    } catch {} // not ours
  }
  return null;
}
