import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/index.js';
import { KEY_TYPES } from '../../../src/snapshot/statistics/key-type.js';
import { callCommand, startCommand } from '../../helpers/command.js';
import { enterTemporaryFolder, reapTargets } from '../../helpers/target-process.js';

let cwd = '';
const tracemalloc = (...args: string[]) => callCommand(args);
const frame = (filename: string, lineno: number, functionName = '') => ({ filename, lineno, functionName });
const main = frame('/srv/main.js', 1);
const OLD = [
  { size: 1000, count: 10, frames: [main, frame('/srv/load.js', 7, 'load')] },
  { size: 300, frames: [main, frame('/srv/node_modules/cache/index.js', 3, 'set')] },
];
const NEW = [
  { size: 5000, count: 50, frames: [main, frame('/srv/load.js', 7, 'load')] },
  { size: 300, frames: [main, frame('/srv/node_modules/cache/index.js', 3, 'set')] },
  { size: 4096, domain: 1, frames: [main] },
];

beforeAll(() => {
  cwd = enterTemporaryFolder();
  Snapshot.fromTraces(OLD, { tracebackLimit: 5 }).dump(join(cwd, 'old.tmsnap'));
  Snapshot.fromTraces(NEW, { tracebackLimit: 5 }).dump(join(cwd, 'new.tmsnap'));
});
afterAll(reapTargets);

describe('stats and diff', () => {
  it('--json prints the documented fields and no others', async () => {
    const { code, stdout, stderr } = await tracemalloc('stats', 'new.tmsnap', '--json', '--top', '1');
    expect([code, stderr]).toEqual([0, '']);
    const place = { filename: '/srv/load.js', lineno: 7, column: 0, functionName: 'load', precision: 'function' };
    expect(JSON.parse(stdout)).toEqual({
      keyType: 'lineno',
      cumulative: false,
      total: { size: 9396, count: 52 },
      groups: 3,
      notes: ['traced 9396 B', 'exact, every block; lines are where functions start.'],
      statistics: [{ size: 5000, count: 50, standardError: 0, countStandardError: 0, traceback: { totalFrames: null, frames: [place] } }],
    });
    const diff = JSON.parse((await tracemalloc('diff', 'old.tmsnap', 'new.tmsnap', '--json')).stdout);
    expect(diff.total).toEqual({ size: 9396, count: 52, sizeDiff: 8096, countDiff: 41 });
    expect(diff.groups).toBe(2); // that changed
    expect(diff.statistics.map(({ sizeDiff, countDiff }: Record<string, number>) => [sizeDiff, countDiff])).toEqual([
      [4096, 1],
      [4000, 40],
      [0, 0],
    ]);
  });

  it('tables have the largest rows first, the rest in one line, and paths relative to the folder', async () => {
    const { stdout } = await tracemalloc('stats', 'new.tmsnap', '--top', '2');
    expect(stdout.split('\n').slice(-5)).toEqual([
      '  size  count  average  line',
      '5000 B     50    100 B  /srv/load.js:7 load',
      '4096 B      1   4096 B  /srv/main.js:1',
      '1 more: 300 B',
      '',
    ]);
    expect((await tracemalloc('stats', 'new.tmsnap', '--top', 'all')).stdout.trimEnd().split('\n').slice(-3)).toEqual([
      expect.stringContaining('5000 B'),
      expect.stringContaining('4096 B'),
      expect.stringContaining(' 300 B'),
    ]);
    const diff = await tracemalloc('diff', 'old.tmsnap', 'new.tmsnap');
    expect(diff.stdout).toContain('+4000 B  5000 B     +40     50  /srv/load.js:7 load\n');
    expect(diff.stdout).not.toContain('node_modules');
    expect((await tracemalloc('diff', 'new.tmsnap', 'new.tmsnap')).stdout).toMatch(/\nnothing changed\n$/);
  });

  it('--survivors of files of two tracings is one line and exit code 2', async () => {
    const { code, stdout, stderr } = await tracemalloc('diff', 'old.tmsnap', 'new.tmsnap', '--survivors');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^tracemalloc: what was allocated since cannot be told: .*\n$/);
  });

  it.each(KEY_TYPES)('--group-by %s', async (key) => {
    const { code, stdout } = await tracemalloc('stats', 'new.tmsnap', '--group-by', key, '--json');
    expect(code).toBe(0);
    const { total, statistics } = JSON.parse(stdout);
    expect(statistics.reduce((sum: number, { size }: { size: number }) => sum + size, 0)).toBe(total.size);
    expect((await tracemalloc('stats', 'new.tmsnap', '--group-by', key)).code).toBe(0);
  });

  it('report and export of the same traces', async () => {
    const sizes = async (...args: string[]) => {
      const { stdout } = await tracemalloc('export', 'new.tmsnap', '--format', 'jsonl', '-o', '-', ...args);
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).size);
    };
    expect(await sizes('--include', '*load.js', '--include', '*main.js')).toEqual([5000, 4096]);
    expect(await sizes('--exclude', '*load.js', '--domain', '0')).toEqual([300]);
    expect(await sizes('--exclude', '*load.js', '--diff', 'old.tmsnap')).toEqual([4096, 300]);
    expect(await sizes('--thread', 'main', '--domain', '1')).toEqual([4096]);
    expect(await sizes('--only-label', '(none)', '--domain', '1')).toEqual([4096]);
    const report = async (pattern: string) => {
      await tracemalloc('report', 'new.tmsnap', '--diff', 'old.tmsnap', '--include', pattern, '--force', '-o', 'filtered.html');
      return readFileSync(join(cwd, 'filtered.html'), 'utf8');
    };
    expect(await report('*load.js')).toContain('load.js');
    expect(await report('*main.js')).not.toMatch(/load\.js|node_modules/);
  });

  it('an empty table names the filters as its reason, and the pattern that would fit; so do the others', async () => {
    const NOTHING = "\nno trace passes the filters; --include 'load.js' matches no file: '*/load.js' would match /srv/load.js\n";
    for (const args of [['stats'], ['stats', '--tree'], ['diff', 'old.tmsnap'], ['diff', 'old.tmsnap', '--tree']]) {
      const { code, stdout } = await tracemalloc(...args, 'new.tmsnap', '--include', 'load.js');
      expect([code, stdout]).toEqual([0, expect.stringContaining(NOTHING)]);
      expect(stdout).not.toMatch(/still alive|nothing changed/);
    }
    expect((await tracemalloc('diff', 'old.tmsnap', 'new.tmsnap', '--domain', '1')).stdout).toContain('+4096 B');
    expect((await tracemalloc('diff', 'new.tmsnap', 'new.tmsnap')).stdout).toContain('nothing changed');
    for (const args of [
      ['stats', '--json'],
      ['diff', 'old.tmsnap', '--json'],
      ['export', '-o', '-', '--format', 'json'],
      ['report', '-o', '-'],
    ])
      expect((await tracemalloc(...args, 'new.tmsnap', '--include', 'load.js')).stderr).toBe(NOTHING.slice(1));
    const reason = async (...args: string[]) => (await tracemalloc('stats', 'old.tmsnap', ...args)).stdout.trimEnd().split('\n').at(-1);
    expect(await reason('--domain', '1')).toBe(
      'no trace passes the filters; none is of domain 1: other domains than 0 need --mode objects',
    );
    expect(await reason('--thread', 'worker *')).toBe('no trace passes the filters; no thread matches; the threads are main');
    expect(await reason('--only-label', 'GET *')).toBe(
      'no trace passes the filters; --only-label needs labels, which this tracing did not record: give --label requests to run or attach',
    );
    expect(await reason('--include', '*/main.js')).toBe(
      "no trace passes the filters; --include '*/main.js' matches only files of callers; --include-any '*/main.js' takes those, too",
    );
    expect(await reason('--exclude', '*')).toBe('no trace passes the filters');
  });

  it('patterns match the path that is shown as well as the absolute one, and native code by its words', async () => {
    const own = Snapshot.fromTraces([
      { size: 10, frames: [frame(join(cwd, 'src/a.js'), 1)] },
      { size: 20, frames: [frame('<V8 API>', 0)] },
    ]);
    own.dump(join(cwd, 'own.tmsnap'));
    const { stdout } = await tracemalloc('stats', 'own.tmsnap');
    expect(stdout).toMatch(/^20 B .* <native code, no JavaScript on the stack>\n10 B .* src\/a\.js:1$/m);
    const size = async (...args: string[]) => JSON.parse((await tracemalloc('stats', 'own.tmsnap', '--json', ...args)).stdout).total.size;
    expect(await size('--include', 'src/a.js')).toBe(10);
    expect(await size('--include', join(cwd, 'src/*'))).toBe(10);
    expect(await size('--exclude', './src/*')).toBe(20);
    expect(await size('--exclude', '<native code*')).toBe(10);
    expect(await size('--include', '<V8 API>')).toBe(20);
  });

  it('types need --mode objects, and the command says so before it touches anything', async () => {
    expect((await tracemalloc('stats', 'new.tmsnap', '--group-by', 'type')).stderr).toMatch(/^--group-by type needs --mode objects: .*\n$/);
    for (const args of [
      ['attach', '1'],
      ['run', 'x.js'],
      ['top', '1'],
    ]) {
      const { code, stderr } = await tracemalloc(args[0]!, '--group-by', 'type', ...args.slice(1));
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^tracemalloc: --group-by type needs --mode objects: .*\n$/)]);
    }
  });

  it('--cumulative, --include, --exclude, --domain', async () => {
    const total = async (...args: string[]) => JSON.parse((await tracemalloc('stats', 'new.tmsnap', '--json', ...args)).stdout);
    const cumulative = await total('--cumulative');
    expect(cumulative.statistics[0]).toMatchObject({ size: 9396, count: 52, traceback: { frames: [{ filename: '/srv/main.js' }] } });
    expect((await total('--include', '*load.js', '--include', '*main.js')).total.size).toBe(9096);
    expect((await total('--exclude', '*node_modules*')).total.size).toBe(9096);
    expect((await total('--domain', '1')).total.size).toBe(4096);
    expect((await tracemalloc('stats', 'new.tmsnap', '--cumulative', '--group-by', 'traceback')).code).toBe(2);
  });
});

describe('profiles of other tools, and files that are no profile', () => {
  it('node --heap-prof', async () => {
    const code =
      'globalThis.kept = Array.from({ length: 20000 }, function make(_, i) { return BigInt(i + 1) << 1024n; }); globalThis.make = () => {}';
    writeFileSync(join(cwd, 'prof.cjs'), code);
    spawnSync(process.execPath, ['--heap-prof', '--heap-prof-interval=512', 'prof.cjs'], { cwd });
    const [file] = readdirSync(cwd).filter((name) => name.endsWith('.heapprofile'));
    const { code: exit, stdout } = await tracemalloc('stats', file!, '--group-by', 'function');
    expect(exit).toBe(0);
    expect(stdout).toContain('sampled, interval unknown; lines are where functions start.');
    expect(stdout).toMatch(/ prof\.cjs:1 make$/m);
  });

  it.each([
    ['empty', '', 1],
    ['cut', '{"head":{"callFrame":{"functionName":"(root)"', 1],
    ['foreign', '{"name":"package","version":"1.0.0"}', 1],
    ['list', '[1,2,3]', 1],
    ['text', 'hello', 1],
    [
      'damaged',
      '{"head":{"callFrame":{"functionName":"","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"selfSize":0,"id":1,"children":[null]}}',
      1,
    ],
    [
      'stray',
      '{"head":{"callFrame":{"functionName":"","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"selfSize":0,"id":1,"children":[]},"samples":[{"size":1,"nodeId":9,"ordinal":1},{"size":1,"nodeId":1,"ordinal":2}]}',
      1,
    ],
  ])('%s: one line that names the file', async (name, content, expected) => {
    writeFileSync(join(cwd, name), content);
    const { code, stdout, stderr } = await tracemalloc('stats', name);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toMatch(new RegExp(`^tracemalloc: .*${name}.*\\n$`));
  });

  it('refuses a missing file, and a folder', async () => {
    expect(await tracemalloc('stats', 'nowhere')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^tracemalloc: nowhere cannot be read: there is no such file; check the path\n$/),
    });
    expect(await tracemalloc('diff', '.', 'new.tmsnap')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^tracemalloc: \. cannot be read: it is a folder; check the path\n$/),
    });
  });
});

describe('labels', () => {
  const main = frame('/srv/main.js', 1, 'main');
  const labelled = (size: number, label = '') => ({ size, label, frames: [main] });
  const text = async (...args: string[]) => (await tracemalloc(...args)).stdout;
  beforeAll(() => {
    Snapshot.fromTraces([labelled(500, 'GET /a'), labelled(300, 'GET /b'), labelled(20)]).dump(join(cwd, 'labels.tmsnap'));
    Snapshot.fromTraces([labelled(100, 'GET /a'), labelled(20)]).dump(join(cwd, 'before.tmsnap'));
  });

  it('are a key of the tables, also of the cumulative ones', async () => {
    for (const more of [[], ['--cumulative']]) {
      const rows = async (...args: string[]) =>
        JSON.parse(await text(...args, '--group-by', 'label', '--json', ...more)).statistics.map(
          (row: { size: number; sizeDiff?: number; traceback: { frames: { filename: string }[] } }) => [
            row.traceback.frames[0]!.filename,
            row.size,
            row.sizeDiff,
          ],
        );
      expect(await rows('stats', 'labels.tmsnap')).toEqual([
        ['GET /a', 500, undefined],
        ['GET /b', 300, undefined],
        ['(none)', 20, undefined],
      ]);
      expect(await rows('diff', 'before.tmsnap', 'labels.tmsnap')).toEqual([
        ['GET /a', 500, 400],
        ['GET /b', 300, 300],
        ['(none)', 20, 0],
      ]);
    }
    expect(await text('stats', 'labels.tmsnap', '--group-by', 'label')).toMatch(/500 B .* GET \/a\n/);
  });

  it('select traces; an empty table names those that would fit', async () => {
    const total = async (...args: string[]) => JSON.parse(await text('stats', 'labels.tmsnap', '--json', ...args)).total.size;
    expect(await total('--only-label', 'GET *')).toBe(800);
    expect(await total('--only-label', 'GET /b', '--only-label', '(none)')).toBe(320);
    expect(await text('stats', 'labels.tmsnap', '--only-label', 'POST *')).toContain(
      '\nno trace passes the filters; no label matches; the largest are GET /a, GET /b, (none)\n',
    );
  });

  it('that were not recorded are said to be missing, in one line', async () => {
    for (const args of [['stats'], ['stats', '--json'], ['diff', 'new.tmsnap']]) {
      const { code, stderr } = await tracemalloc(...args, 'new.tmsnap', '--group-by', 'label');
      expect([code, stderr]).toEqual([
        0,
        '--group-by label needs labels, which this tracing did not record: give --label requests to run or attach\n',
      ]);
    }
    expect((await tracemalloc('stats', 'labels.tmsnap', '--group-by', 'label')).stderr).toBe('');
  });
});

it('hostile names are never printed raw', async () => {
  const hostile = `/srv/\u001b]0;owned\u0007\n\r\u202e\u009b31m${'x'.repeat(10_000)}.js`;
  Snapshot.fromTraces([{ size: 10, label: hostile, frames: [frame(hostile, 1, '\u001b[31mred\nline')] }]).dump(join(cwd, 'hostile.tmsnap'));
  writeFileSync(join(cwd, 'hostile.json'), JSON.stringify({ head: { callFrame: { functionName: hostile } } }));
  Snapshot.fromTraces([{ size: 1, frames: [main] }]).dump(join(cwd, 'small.tmsnap'));
  const outputs = await Promise.all([
    ...KEY_TYPES.map((key) => tracemalloc('stats', 'hostile.tmsnap', '--group-by', key)),
    tracemalloc('diff', 'small.tmsnap', 'hostile.tmsnap'),
    tracemalloc('stats', 'hostile.json', '--verbose'),
    tracemalloc('stats', `no\u001b[31m\nsuch`, '--verbose'),
    tracemalloc('stats', 'hostile.tmsnap', '--json'),
  ]);
  for (const { stdout, stderr } of outputs) {
    const text = stdout + stderr;
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    if (!text.startsWith('{')) expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(1000);
  }
});

describe('usage', () => {
  it('help of every command', async () => {
    for (const verb of ['run', 'attach', 'stats', 'diff', 'list']) {
      const { code, stdout, stderr } = await tracemalloc(verb, '--help');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`Usage: tracemalloc ${verb}`);
    }
    expect(await tracemalloc('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' });
    const { stdout } = await tracemalloc('--help');
    expect(stdout).toMatch(
      /^Record:[\s\S]*^ {2}run [\s\S]*^ {2}attach [\s\S]*^Look:[\s\S]*^ {2}stats [\s\S]*^ {2}list [\s\S]*^Compare:[\s\S]*^ {2}diff /m,
    );
  });

  it.each(
    [
      [],
      ['frobnicate'],
      ['stats'],
      ['stats', '--frobnicate', 'x'],
      ['stats', 'x', 'y'],
      ['diff'],
      ['stats', 'x', '--group-by', 'colour'],
      ['stats', 'x', '--top', '0'],
      ['attach', '1', '--duration', 'soon'],
      ['attach', 'localhost:99999'],
      ['report', 'new.tmsnap', '-o', ''],
      ['export', 'new.tmsnap', '--format', 'csv', '-o', ''],
      ['run', '-o', '', 'prof.cjs'],
      ['attach', '1', '-o', ''],
    ].map((args) => [args]),
  )('%p is wrong usage', async (args) => {
    const { code, stdout, stderr } = await tracemalloc(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('a reader that closes the pipe does no harm', async () => {
    const traces = Array.from({ length: 5000 }, (_, i) => ({ size: i + 1, frames: [frame(`/srv/${i}.js`, 1)] }));
    Snapshot.fromTraces(traces).dump(join(cwd, 'large.tmsnap'));
    const command = startCommand(['stats', 'large.tmsnap', '--top', '5000'], { cwd });
    command.child.stdout.once('data', () => command.child.stdout.destroy());
    const { code, stderr } = await command.exited;
    expect([code, stderr]).toEqual([0, '']);
  });
});
