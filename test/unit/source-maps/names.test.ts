import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { UsageError } from '../../../src/errors.js';
import { MapFolder } from '../../../src/source-maps/map-folder.js';
import { SourceNames } from '../../../src/source-maps/source-names.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

/** Makes a folder with these files. */
function folderOf(...files: readonly string[]): string {
  const folder = temporaryFolder();
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  return folder;
}

function nameOf(source: string, { script, base = script, work }: { script: string; base?: string; work?: string }): string {
  return new SourceNames({ script, base, workplaces: work === undefined ? [] : [{ folder: work, project: work }] }).nameOf(source);
}

const script = '/nowhere/app/dist/main.js'; // a path of another machine

test.each([
  ['../src/a.ts', '/nowhere/app/src/a.ts'],
  ['a.ts', '/nowhere/app/dist/a.ts'],
  ['my%20file.ts', '/nowhere/app/dist/my file.ts'],
  ['c#/a.ts', '/nowhere/app/dist/c#/a.ts'],
  ['100%.ts', '/nowhere/app/dist/100%.ts'],
  ['a.vue?vue&type=script', '/nowhere/app/dist/a.vue'],
  ['/nowhere/app/src/a.ts', '/nowhere/app/src/a.ts'],
  ['file:///nowhere/app/src/a.ts', '/nowhere/app/src/a.ts'],
  ['https://example.org/a.ts', 'https://example.org/a.ts'],
  ['\0virtual:a', '\0virtual:a'],
  ['/elsewhere/a.ts', 'file:///elsewhere/a.ts'],
  ['file://host/share/a.ts', 'file:////host/share/a.ts'],
  ['C:\\app\\src\\a.ts', 'C:\\app\\src\\a.ts'],
  ['webpack://app/./src/a.ts', 'webpack://app/src/a.ts'],
  ['webpack://@scope/shop/./src/a.ts', 'webpack://@scope/shop/src/a.ts'],
  ['webpack:///./src/a.vue?1234', 'webpack:///src/a.vue'],
  ['webpack://app/webpack/bootstrap', 'webpack://app/webpack/bootstrap'],
  ['webpack://app/external commonjs "node:fs"', 'webpack://app/external commonjs "node:fs"'],
])('without the files: %j', (source, name) => expect(nameOf(source, { script })).toBe(name));

test('a name of millions of folders is cut, not resolved', () => {
  expect(nameOf('a/'.repeat(10_000_000), { script })).toHaveLength(8193);
});

test('on Windows, even if read on another system', () => {
  const windows = { script: 'C:\\app\\dist\\my main.js' };
  expect(nameOf('../src/a.ts', windows)).toBe('C:\\app\\src\\a.ts');
  expect(nameOf('D:/src/a.ts', windows)).toBe('D:\\src\\a.ts');
});

test('a source behind a link that leads out of the project stays a URL, which nobody opens', () => {
  const folder = folderOf('app/package.json', 'app/dist/main.js', 'app/lib/b.ts', 'outside/secret.ts');
  const own = { script: join(folder, 'app/dist/main.js') };
  symlinkSync('../../outside/secret.ts', join(folder, 'app/dist/a.ts'));
  symlinkSync('../outside', join(folder, 'app/linked'));
  symlinkSync('../lib/b.ts', join(folder, 'app/dist/b.ts'));
  expect(nameOf('a.ts', own)).toBe(`file://${folder}/app/dist/a.ts`);
  expect(nameOf('../linked/secret.ts', own)).toBe(`file://${folder}/app/linked/secret.ts`);
  expect(nameOf('webpack://app/./linked/secret.ts', own)).toBe(`file://${folder}/app/linked/secret.ts`);
  expect(nameOf('b.ts', own)).toBe(join(folder, 'app/dist/b.ts'));
  expect(nameOf('a.ts', { ...own, work: join(folder, 'outside') })).toBe(join(folder, 'app/dist/a.ts')); // the user works there
});

test("webpack's names are resolved to the nearest files", () => {
  const folder = folderOf('package.json', 'src/a.ts', 'packages/one/package.json', 'packages/one/src/a.ts', 'packages/one/dist/main.js');
  const own = { script: join(folder, 'packages/one/dist/main.js') };
  expect(nameOf('webpack://app/./src/a.ts', own)).toBe(join(folder, 'packages/one/src/a.ts'));
  expect(nameOf('webpack://app/./packages/one/src/a.ts?12ab', own)).toBe(join(folder, 'packages/one/src/a.ts'));
  expect(nameOf('webpack://app/../src/a.ts', { script: join(folder, 'packages/one/dist/main.js') })).toBe(
    join(folder, 'packages/one/src/a.ts'),
  );
  expect(nameOf('webpack://@scope/shop/./src/a.ts', own)).toBe(join(folder, 'packages/one/src/a.ts'));
  expect(nameOf('webpack://@scope/shop/../src/a.ts', own)).toBe(join(folder, 'packages/one/src/a.ts'));
  expect(nameOf('webpack://@name/../src/a.ts', own)).toBe(join(folder, 'packages/one/src/a.ts'));
  // The files may also be in the user's current folder.
  expect(nameOf('webpack://app/./src/a.ts', { script, work: folder })).toBe(join(folder, 'src/a.ts'));
});

test.each([
  'webpack://app/./src/a b.ts?12ab',
  'webpack:///src/a b.ts',
  'webpack://_N_E/(rsc)/./src/a b.ts',
  'webpack-internal:///(app-pages-browser)/./src/a b.ts',
  'rspack://app/./src/a b.ts',
  'turbopack:///[project]/src/a b.ts',
  'turbopack://[project]/src/a b.ts',
  '/turbopack/[project]/src/a b.ts',
  'turbopack:///[project]/src/a%20b.ts',
  'turbopack:///[project]/src/a b.ts [app-rsc] (ecmascript)',
  '[project]/src/a b.ts',
  'vite://client/src/a b.ts',
  'meteor://💻app/src/a b.ts',
  'ng:///src/a b.ts',
  'app://src/a b.ts',
  '/__parcel_source_root/src/a b.ts',
  '/[metro-project]/src/a%20b.ts',
  '/%5Bmetro-project%5D/src/a%20b.ts',
  '/[metro-watchFolders]/0/src/a b.ts',
  'src/a b.ts', // Angular
  '/src/a b.ts', // Vite
  '../src/a%20b.ts',
])('names of bundlers lead to the file: %j', (source) => {
  const folder = folderOf('package.json', 'src/a b.ts', 'dist/main.js');
  expect(nameOf(source, { script: join(folder, 'dist/main.js') })).toBe(join(folder, 'src/a b.ts'));
  expect(nameOf(source.replace('src/', 'none/'), { script: join(folder, 'dist/main.js') })).not.toContain('src');
});

test.each([
  ['turbopack:///[project]/src/[slug]/(group)/a.ts', 'src/[slug]/(group)/a.ts'],
  ['webpack://app/(group)/a.ts', '(group)/a.ts'],
  ['turbopack:///[project]/[slug]/a.ts', '[slug]/a.ts'],
])('folders whose names look like stand-ins: %j', (source, file) => {
  const folder = folderOf('package.json', file, 'a.ts');
  expect(nameOf(source, { script: join(folder, 'dist/main.js') })).toBe(join(folder, file));
});

test.each([
  'turbopack:///[turbopack]/shared/a.ts',
  'turbopack:///[externals]/a.ts',
  'webpack://app/external commonjs "node:fs"',
  'https://example.org/a.ts',
  'node:internal/a.ts',
  'virtual:a.ts',
])('no file of the project: %j', (source) => {
  const folder = folderOf('package.json', 'a.ts', 'shared/a.ts', 'internal/a.ts');
  expect(nameOf(source, { script: join(folder, 'dist/main.js') })).toBe(source);
});

test("Vite's name of an absolute path", () => {
  const folder = folderOf('package.json', 'src/a.ts');
  expect(nameOf(`/@fs${folder}/src/a.ts`, { script: join(folder, 'dist/main.js') })).toBe(join(folder, 'src/a.ts'));
  expect(nameOf('/@fs/etc/passwd', { script: join(folder, 'dist/main.js') })).toBe('file:///etc/passwd');
});

test('the project is the nearest folder with .git, or else the highest with a package.json', () => {
  const folder = folderOf('package.json', 'repository/.git', 'repository/packages/one/package.json');
  const inside = { script: join(folder, 'repository/packages/one/dist/main.js') };
  expect(nameOf('../../two/a.ts', inside)).toBe(join(folder, 'repository/packages/two/a.ts'));
  expect(nameOf('../../../../a.ts', inside)).toBe(`file://${folder}/a.ts`);
  const without = folderOf('package.json', 'packages/one/package.json');
  expect(nameOf('../../two/a.ts', { script: join(without, 'packages/one/dist/main.js') })).toBe(join(without, 'packages/two/a.ts'));
});

test('in a folder of maps, the map with the most similar path is taken', () => {
  const folder = folderOf(
    'main.js.map',
    'api/index.js.map',
    'web/index.js.map',
    'web/dist/index.js.map',
    'pkg/lib/util.js.map',
    'no-map.js',
  );
  const maps = new MapFolder(folder);
  const found = (name: string) => maps.find(name)?.slice(folder.length + 1) ?? null;
  expect(found('/anywhere/dist/main.js')).toBe('main.js.map');
  expect(found('C:\\anywhere\\web\\index.js')).toBe('web/index.js.map');
  expect(found('/srv/web/dist/index.js')).toBe('web/dist/index.js.map');
  expect(found('/anywhere/dist/other.js')).toBeNull();
  expect(found('/anywhere/no-map.js')).toBeNull();
  expect(() => found('/srv/index.js')).toThrow(/several files in \S+ are named index\.js\.map/);
  // For packages the whole path must agree.
  expect(found('/srv/node_modules/other/lib/util.js')).toBeNull();
  expect(found('/srv/node_modules/pkg/lib/util.js')).toBe('pkg/lib/util.js.map');
  expect(() => new MapFolder(join(folder, 'no-map.js'))).toThrow(UsageError);
});
