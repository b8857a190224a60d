import { chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { Snapshot } from '../../../src/index.js';
import { withOriginalLines } from '../../../src/snapshot/original-lines.js';
import { SourceMapper } from '../../../src/source-maps/source-mapper.js';
import { runCommand } from '../../helpers/command.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

/** A project with a script, its map, and a snapshot of ten bytes that were allocated on the script's first line. */
function project({ sources = ['../src/app.ts'], mappings = 'AAAA' }: { sources?: readonly string[]; mappings?: string } = {}) {
  const folder = join(temporaryFolder(), 'project');
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  const script = join(folder, 'dist', 'app.js');
  writeFileSync(script, 'work();\n');
  writeFileSync(`${script}.map`, JSON.stringify({ version: 3, sources, names: [], mappings }));
  return { folder, script, snapshot: Snapshot.fromTraces([{ size: 10, frames: [{ filename: script, lineno: 1, column: 1 }] }]) };
}

/** The place that a table shows, and the warnings. */
function shown(snapshot: Snapshot) {
  const warnings: string[] = [];
  const [trace] = withOriginalLines(snapshot, new SourceMapper({ warn: (line) => warnings.push(line) })).traces;
  return { place: String(trace!.traceback), text: trace!.traceback.format(), warnings };
}

/** Does the work as a user who does not own the files. */
function asNobody<T>(work: () => T): T {
  const own = process.geteuid!();
  if (own !== 0) return work(); // a user other than root cannot read a file of mode 0 anyway
  process.seteuid!(65534);
  try {
    return work();
  } finally {
    process.seteuid!(own);
  }
}

test('a source in the project is named by its path, and can be read', () => {
  const { folder, snapshot } = project();
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'app.ts'), 'work(): void;\n');
  const place = join(folder, 'src', 'app.ts');
  expect(shown(snapshot)).toEqual({ place: `${place}:1`, text: [`  File "${place}", line 1`, '    work(): void;'], warnings: [] });
});

test.each([
  ['a path', (up: string) => `${up}etc/passwd`],
  ['a path of webpack', (up: string) => `webpack://app/${up}etc/passwd`],
  ['an absolute path', () => '/etc/passwd'],
  ['a URL', () => 'file:///etc/passwd'],
  ['an absolute path of webpack', () => 'webpack:////etc/passwd'],
])('one outside of it is named, but never read: %s', (_, source) => {
  const { script, snapshot } = project({ sources: [source('../'.repeat(20))] });
  expect(shown(snapshot)).toEqual({
    place: 'file:///etc/passwd:1',
    text: ['  File "file:///etc/passwd", line 1'],
    warnings: [`the source map ${script}.map names sources outside of the project, which are not read: file:///etc/passwd`],
  });
});

test('a map that links to another file does not reveal the content of that', () => {
  const { script, snapshot } = project();
  writeFileSync(script, `work();\n//# sourceMappingURL=${'../'.repeat(20)}etc/passwd\n`);
  const { place, warnings } = shown(snapshot);
  expect({ place, warnings }).toEqual({ place: `${script}:1`, warnings: ['the source map /etc/passwd is not used: it is not JSON'] });
});

test('a map of 200 MB is refused in one line', async () => {
  const { folder, script, snapshot } = project();
  truncateSync(`${script}.map`, 200_000_000);
  const file = join(folder, 'saved.tmsnap');
  snapshot.dump(file);
  const { code, stdout, stderr } = await runCommand(['stats', file]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: `the source map ${script}.map is not used: it is larger than 64 MiB\n` });
  expect(stdout).toContain(`${script}:1`);
});

test('an unreadable script gets the map beside it; an unreadable map is not used', () => {
  const { folder, script, snapshot } = project();
  for (const path of [dirname(folder), folder, dirname(script)]) chmodSync(path, 0o755);
  chmodSync(`${script}.map`, 0o644);
  chmodSync(script, 0);
  expect(asNobody(() => shown(snapshot))).toMatchObject({ place: `${join(folder, 'src/app.ts')}:1`, warnings: [] });
  chmodSync(`${script}.map`, 0);
  expect(asNobody(() => shown(snapshot))).toMatchObject({
    place: `${script}:1`,
    warnings: [`the source map ${script}.map is not used: it cannot be read (EACCES)`],
  });
});

test.each(['/proc/kmsg', '/proc/self/mem'])('virtual files of the kernel are not read, because that may never end: %s', (script) => {
  const snapshot = Snapshot.fromTraces([{ size: 10, frames: [{ filename: script, lineno: 1, column: 1 }] }]);
  expect(shown(snapshot)).toEqual({ place: `${script}:1`, text: [`  File "${script}", line 1`], warnings: [] });
});

test.each(['\ufeff', ")]}'\n", "\ufeff)]}',\r\n"])('a map may begin with %j', (beginning) => {
  const { folder, script, snapshot } = project();
  writeFileSync(`${script}.map`, `${beginning}${readFileSync(`${script}.map`, 'utf8')}`);
  expect(shown(snapshot)).toMatchObject({ place: `${join(folder, 'src/app.ts')}:1`, warnings: [] });
});

test('many missing maps share one line; missing maps of packages are not reported', () => {
  const { folder } = project();
  const scripts = ['dist/a.js', 'dist/b.js', 'dist/c.js', 'node_modules/some/index.js'].map((name) => join(folder, name));
  mkdirSync(join(folder, 'node_modules/some'), { recursive: true });
  for (const script of scripts) writeFileSync(script, 'work();\n//# sourceMappingURL=gone.js.map\n//# sourceURL=other\n');
  writeFileSync(scripts[1]!, 'work();\n//# sourceMappingURL=b.js.map\n');
  const snapshot = Snapshot.fromTraces(scripts.map((script) => ({ size: 1, frames: [[script, 1] as const] })));
  expect(shown(snapshot).warnings).toEqual([`source maps are missing: ${join(folder, 'dist/gone.js.map')} and 1 more`]);
});

test('a comment in a string of the program names no map', () => {
  const { script, snapshot } = project();
  writeFileSync(script, "const comment = '//# sourceMappingURL=' + name + '.map';\nwork(comment);\n");
  expect(shown(snapshot)).toMatchObject({ place: expect.stringMatching(/src\/app\.ts:1$/), warnings: [] }); // from the map beside it
});

test('nor does a comment with code after it, however that looks', () => {
  const { script, snapshot } = project();
  writeFileSync(script, `work();\n//# sourceMappingURL=gone.js.map\n${'/'.repeat(1900)}\nwork();\n`);
  expect(shown(snapshot)).toMatchObject({ place: expect.stringMatching(/src\/app\.ts:1$/), warnings: [] });
});

test('two lines that were compiled from one line are one group', () => {
  const { folder, script } = project({ mappings: 'AAAA;AAAA;AACA' });
  const snapshot = Snapshot.fromTraces([1, 2, 3].map((line) => ({ size: 10 ** line, frames: [[script, line] as const] })));
  const source = join(folder, 'src/app.ts');
  expect(withOriginalLines(snapshot).statistics('lineno').map(String)).toEqual([
    `${source}:2: size=1000 B, count=1, average=1000 B`,
    `${source}:1: size=110 B, count=2, average=55 B`,
  ]);
  const path = join(folder, 'saved.tmsnap');
  snapshot.dump(path, { embedMaps: true });
  writeFileSync(`${script}.map`, 'gone');
  const loaded = Snapshot.load(path);
  expect(withOriginalLines(loaded).statistics('lineno').map(String)).toHaveLength(2);
  expect(loaded.statistics('lineno').map(String)).toHaveLength(3); // the snapshot itself keeps the positions of V8
});
