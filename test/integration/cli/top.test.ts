import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../../src/discovery/connect.js';
import { discover } from '../../../src/discovery/discovery.js';
import { Snapshot } from '../../../src/index.js';
import { expectClean } from '../../helpers/clean-target.js';
import { runCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { untilSampled } from '../../helpers/sampled.js';
import { reapTargets, startTarget, type TargetProcess, temporaryFolder } from '../../helpers/target-process.js';
import { commandLine, hasTerminal, type InTerminal, startInTerminal } from '../../helpers/terminal.js';

const SERVICE = repoPath('fixtures/programs/service.cjs');
const ALTERNATE = '\u001b[?1049h';
const NORMAL = '\u001b[?25h\u001b[?1049l';
const CTRL_C = '\u0003';
/** Matches the row of the service's allocating line, in the second reading or a later one. */
const GROWN = /(\d [KM]iB +\+[\d.]+ \w+\S* +\S*\+[\d.]+ [KM]iB\S* +\+[\d.]+ [KM]iB\/s {2}\S*service\.cjs:4 serve)/;

afterEach(reapTargets);

function service(execPath: string, ...args: string[]): Promise<TargetProcess> {
  return startTarget({ execPath, file: SERVICE, args, execArgv: ['--max-inlined-bytecode-size=0'], ready: true });
}

/** Keeps 200,000 objects. Every 100 ms it prints when each full collection so far began and how long it took, in ms. */
const COLLECTED = `
  const { constants, performance, PerformanceObserver } = require('node:perf_hooks');
  const kept = Array.from({ length: 200_000 }, (_, id) => ({ id, text: 'object ' + id }));
  const pauses = [];
  new PerformanceObserver((list) => {
    for (const { detail, startTime, duration } of list.getEntries())
      if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) pauses.push({ at: startTime, ms: duration });
  }).observe({ entryTypes: ['gc'] });
  let tick = 0;
  setInterval(() => console.log(JSON.stringify({ tick: ++tick, kept: kept.length, pauses })), 100);
  console.log('ready');
`;

interface Tick {
  readonly tick: number;
  readonly pauses: readonly { readonly at: number; readonly ms: number }[];
}

/** Resolves with the next tick that `isIt` accepts. */
function ticks({ child }: TargetProcess, isIt: (tick: Tick) => boolean): Promise<Tick> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      const tick = line.endsWith('}') && line.startsWith('{') ? (JSON.parse(line) as Tick) : null;
      if (!tick || !isIt(tick)) return;
      lines.close();
      resolve(tick);
    });
  });
}

interface Top extends InTerminal {
  readonly cwd: string;
  /** The pid of the command itself. */
  readonly pid: () => Promise<number>;
  /** The exit code, and the output after the view. Checks that the terminal is as it was. */
  readonly left: () => Promise<{ code: number; rest: string }>;
}

function startTop(target: TargetProcess, ...options: string[]): Top {
  const cwd = temporaryFolder();
  const command = commandLine('top', `${target.port}`, '--interval', '512', '--no-color', ...options);
  const lines = `echo STTY $(stty -g); sh -c 'echo PID $$; exec "$@"' sh ${command}; echo CODE $?; echo STTY $(stty -g)`;
  const terminal = startInTerminal(lines, { cwd, columns: 120 });
  return {
    ...terminal,
    cwd,
    pid: async () => Number(await terminal.waitFor(/PID (\d+)/)),
    async left() {
      await terminal.exited;
      const text = terminal.written();
      const [before, after] = [...text.matchAll(/STTY (\S+)/g)].map(([, modes]) => modes);
      expect(after).toBe(before);
      expect(text.split(ALTERNATE)).toHaveLength(2);
      expect(text.split(NORMAL)).toHaveLength(2);
      return { code: Number(/CODE (\d+)/.exec(text)![1]), rest: text.slice(text.indexOf(NORMAL) + NORMAL.length) };
    },
  };
}

function literally(text: string): string {
  return text.replace(/[?[]/g, '\\$&');
}

/** The lines that were drawn last. */
function lastPicture({ written }: InTerminal): string[] {
  return stripVTControlCharacters(written().split('\u001b[H').at(-1)!).split(/\r+\n/); // the terminal adds a carriage return
}

(hasTerminal ? describe : describe.skip).each(oldestAndNewest())('tracemalloc top on Node $major', ({ execPath }) => {
  it('shows growth, obeys its keys, saves, and leaves target and terminal clean', async () => {
    const target = await service(execPath);
    const top = startTop(target);
    await top.waitFor(GROWN);
    expect(lastPicture(top)[0]).toMatch(new RegExp(`^tracemalloc top ${target.port} {2}00:00:\\d\\d  Node v.*service\\.cjs`));
    expect(lastPicture(top)[1]).toMatch(/^a snapshot takes \d+ ms, one every \d+\.\d s: pauses are at most [0-4]\.\d % of the time$/);
    top.type('g');
    await top.waitFor(/(by function, sorted by size)/);
    top.type('ss/SERVICE.cjs');
    await top.waitFor(/(filter: SERVICE\.cjs_)/);
    top.type('\r');
    await top.waitFor(/(by function, sorted by change since last, only "SERVICE\.cjs")/);
    expect(lastPicture(top).filter((line) => /[KM]iB\/s/.test(line) && !line.includes('service.cjs'))).toEqual([]);
    top.type('w');
    const file = await top.waitFor(/snapshot saved as (top\.\d+\.1\.tmsnap)/);
    top.type('?');
    await top.waitFor(/(q {2}quit and leave the target as it was)/);
    top.type('xq');
    expect(await top.left()).toMatchObject({ code: 0 });
    expect(Snapshot.load(join(top.cwd, file)).capture.target.pid).toBe(target.pid);
    expect(readdirSync(top.cwd)).toEqual([file]);
    await expectClean(target);
  });

  it.each([
    ['Ctrl-C', ''],
    ['SIGTERM', ' (matrix)'],
    ['SIGHUP', ' (matrix)'],
  ] as const)('%s leaves target and terminal clean%s', async (way, _) => {
    const target = await service(execPath);
    const top = startTop(target);
    await top.waitFor(/(service\.cjs:4 serve)/);
    if (way === 'Ctrl-C') top.type(CTRL_C);
    else process.kill(await top.pid(), way);
    expect(await top.left()).toMatchObject({ code: 0 });
    await expectClean(target);
  });

  it('a target that ends leaves its last picture and a message (long)', async () => {
    const target = await service(execPath, '--graceful');
    const top = startTop(target);
    await top.waitFor(GROWN);
    target.child.kill('SIGTERM');
    const { code, rest } = await top.left();
    expect(code).toBe(0);
    expect(rest).toMatch(GROWN);
    expect(rest).toMatch(/^the target has ended: .+\r$/m);
    await expect(target.exited).resolves.toMatchObject({ code: 9 });
  });

  it('a target that is killed does so, too (long)', async () => {
    const target = await service(execPath);
    const top = startTop(target);
    await top.waitFor(GROWN);
    await target.kill();
    const { code, rest } = await top.left();
    expect(code).toBe(0);
    expect(rest).toMatch(GROWN);
    expect(rest).toMatch(/^the target has ended: .+\r$/m);
  });
});

(hasTerminal ? describe : describe.skip)('tracemalloc top', () => {
  it('an error while it runs restores the terminal and prints one line (long)', async () => {
    const target = await service(process.execPath);
    const top = startTop(target);
    await top.waitFor(/(service\.cjs:4 serve)/);
    const other = await connect(await discover(target.port));
    await other.send('HeapProfiler.stopSampling'); // a stop by one client stops the sampler for all
    const { code, rest } = await top.left();
    await other.close();
    expect(code).toBe(1);
    expect(rest.match(/^tracemalloc: .*$/gm)).toHaveLength(1);
  });

  it('a terminal that goes away leaves the target clean (long)', async () => {
    const target = await service(process.execPath);
    const top = startTop(target);
    await top.waitFor(GROWN);
    await top.hangUp();
    await untilSampled(target, false);
    await expectClean(target);
  });

  it('pauses the target for less than 5 % of the time, and not at all while it is frozen (long)', async () => {
    const target = await startTarget({ execPath: process.execPath, code: COLLECTED, ready: true });
    const top = startTop(target);
    const collections = await ticks(target, ({ pauses }) => pauses.length >= 4);
    const [first, ...rest] = collections.pauses;
    const time = rest.at(-1)!.at - first!.at;
    expect(rest.reduce((sum, { ms }) => sum + ms, 0) / time).toBeLessThan(0.05);
    top.type('f');
    await top.waitFor(/(FROZEN)/);
    const frozen = await ticks(target, ({ tick }) => tick > collections.tick);
    const later = await ticks(target, ({ tick }) => tick >= frozen.tick + 60); // four times the rest between two snapshots
    expect(later.pauses.length).toBeLessThanOrEqual(frozen.pauses.length + 1); // one snapshot may have begun before the key arrived
    top.type('f');
    await ticks(target, ({ pauses }) => pauses.length > later.pauses.length + 1);
    top.type('q');
    await top.left();
  });

  it.each(['Ctrl-Z', 'SIGSTOP'])('%s stops it; when it continues, it takes the terminal and draws it again (long)', async (way) => {
    const target = await service(process.execPath);
    const shell = startInTerminal('exec bash --norc --noprofile -i', { cwd: temporaryFolder(), columns: 120 });
    const modes = 'echo MODES $(stty -g)\r';
    shell.type(modes);
    const before = await shell.waitFor(/MODES (\w+:\S+)/);
    const command = commandLine('top', `${target.port}`, '--interval', '512', '--no-color');
    shell.type(`sh -c 'echo PID $$; exec "$@"' sh ${command}\r`);
    const pid = Number(await shell.waitFor(/PID (\d+)/));
    await shell.waitFor(GROWN);
    if (way === 'Ctrl-Z') shell.type('\u001a');
    else process.kill(pid, 'SIGSTOP');
    await shell.waitFor(/(Stopped) /);
    shell.type(`stty cols 60; ${modes}`);
    const stopped = await shell.waitFor(/Stopped [\s\S]*MODES (\w+:\S+)/);
    if (way === 'Ctrl-Z')
      expect([before, shell.written().split(ALTERNATE).length, shell.written().split(NORMAL).length]).toEqual([stopped, 2, 2]);
    shell.type('fg\r');
    const drawn = `Stopped [^]*${literally(ALTERNATE)}[^]*one every.{0,40}…\\r`; // in 60 columns, because the size has changed meanwhile
    await shell.waitFor(new RegExp(`${drawn}[^]*(service\\.cjs:4 serve)`));
    shell.type('q'); // without a newline: the terminal is in raw mode again
    await shell.waitFor(new RegExp(`Stopped [^]*${literally(ALTERNATE)}[^]*(${literally(NORMAL)})`));
    shell.type(modes);
    expect(await shell.waitFor(new RegExp(`Stopped [^]*${literally(ALTERNATE)}[^]*MODES (\\w+:\\S+)`))).toBe(stopped);
    await untilSampled(target, false);
    await expectClean(target);
  });

  it('refuses a terminal that cannot be redrawn', async () => {
    const terminal = startInTerminal(commandLine('top', '1'), { cwd: temporaryFolder(), env: { TERM: 'dumb' } });
    expect(await terminal.exited).toBe(2);
    expect(terminal.written()).toMatch(/^tracemalloc: top needs a terminal that can be redrawn, .*\r\n$/);
  });

  it('fits a terminal of 20 columns and 8 rows', async () => {
    const target = await service(process.execPath);
    const cwd = temporaryFolder();
    const top = startInTerminal(commandLine('top', `${target.port}`), { cwd, columns: 20, rows: 8 });
    await top.waitFor(/(\.cjs:4)/);
    const lines = lastPicture(top);
    expect(lines).toHaveLength(8);
    expect(lines.filter((line) => line.length > 20)).toEqual([]);
    top.type('q');
    expect(await top.exited).toBe(0);
  });
});

describe('without a terminal', () => {
  it('refuses, before it touches the target', async () => {
    expect(await runCommand(['top', '1'])).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr:
        'tracemalloc: top needs a terminal that can be redrawn, for its input and output; tracemalloc attach prints a table anywhere\n',
    });
  });

  it('needs a target', async () => {
    expect(await runCommand(['top'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^tracemalloc: name a target/) });
  });
});
