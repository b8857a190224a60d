import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { build, type Metafile, stop } from 'esbuild';
import { repoPath } from '../helpers/paths.js';
import { reapTargets, temporaryFolder } from '../helpers/target-process.js';

const NOTICES = 'dist/src/third-party-notices.txt';

afterAll(async () => {
  await stop();
  await reapTargets();
});

/** The folders of the packages to which files belong. A package inside of another one has its own. */
function packageFolders(files: readonly string[]): string[] {
  const folders = files
    .filter((file) => file.includes('node_modules/'))
    .map((file) => {
      const parts = file.split('node_modules/');
      const [first, second] = parts.pop()!.split('/');
      return [...parts, first!.startsWith('@') ? `${first}/${second}` : first].join('node_modules/');
    });
  return [...new Set(folders)];
}

function json(file: string) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

describe('the notices in the package', () => {
  const notices = readFileSync(repoPath(NOTICES), 'utf8');

  it('are published', () => {
    const pack = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const [{ files }] = JSON.parse(execFileSync('npm', pack, { cwd: repoPath(), encoding: 'utf8', maxBuffer: 2 ** 24 }));
    expect(files).toContainEqual(expect.objectContaining({ path: NOTICES }));
  });

  it('have the text of every package that the metafiles name', () => {
    const outputs = readdirSync(repoPath('dist/metafiles')).flatMap((name) =>
      Object.values((json(repoPath('dist/metafiles', name)) as Metafile).outputs),
    );
    const files = outputs.flatMap(({ inputs }) => Object.keys(inputs).filter((file) => inputs[file]!.bytesInOutput > 0));
    const texts = packageFolders(files).map((folder) => {
      const { name, version, license } = json(repoPath(folder, 'package.json'));
      const licence = readdirSync(repoPath(folder)).find((file) => /^license(?:\.md|\.txt)?$/i.test(file))!;
      return `\n${name} ${version}\n\nLicence: ${license}\n\n${readFileSync(repoPath(folder, licence), 'utf8').trim()}\n`;
    });
    for (const name of ['@modelcontextprotocol/sdk', 'ajv', 'zod', 'acorn', 'commander', 'ws']) {
      expect(texts.filter((text) => text.startsWith(`\n${name} `))).toHaveLength(1);
    }
    expect(texts.filter((text) => !notices.includes(text))).toEqual([]);
  });

  it('name every package that a source map names', () => {
    const maps = readdirSync(repoPath('dist/src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.map'));
    const sources = maps.flatMap((file) => json(repoPath('dist/src', file)).sources);
    const names = new Set(packageFolders(sources).map((folder) => folder.split('node_modules/').at(-1)));
    expect(names).toContain('acorn');
    expect([...names].filter((name) => !notices.includes(`\n${name} `))).toEqual([]);
  });
});

describe('write-notices', () => {
  async function written(packages: Readonly<Record<string, Readonly<Record<string, string>>>>, code: string) {
    const cwd = temporaryFolder();
    for (const [folder, files] of Object.entries(packages)) {
      mkdirSync(join(cwd, 'node_modules', folder), { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, 'node_modules', folder, name), text);
    }
    const stdin = { contents: code, resolveDir: cwd };
    const { metafile } = await build({ absWorkingDir: cwd, stdin, bundle: true, metafile: true, write: false, outfile: 'out.js' });
    mkdirSync(join(cwd, 'metafiles'));
    writeFileSync(join(cwd, 'metafiles', 'out.json'), JSON.stringify(metafile));
    const program = repoPath('dist/test/package/write-notices.js');
    const { status, stderr } = spawnSync(process.execPath, [program, 'metafiles', 'notices.txt'], { cwd, encoding: 'utf8' });
    return { status, stderr, notices: () => readFileSync(join(cwd, 'notices.txt'), 'utf8') };
  }

  const described = (name: string, license: string) => JSON.stringify({ name, version: '1.2.3', license });

  it('takes the packages that gave code, also inner ones, and no others', async () => {
    const { status, notices } = await written(
      {
        '@some/outer': { 'package.json': described('@some/outer', 'MIT'), 'LICENSE.md': 'Outer text', 'index.js': "export * from 'inner'" },
        '@some/outer/node_modules/inner': {
          'package.json': described('inner', 'Apache-2.0'),
          NOTICE: 'Inner notice',
          'licence.txt': 'Inner text\n',
          'index.js': 'export const inner = () => console.log(1)',
        },
        unused: { 'package.json': described('unused', 'MIT'), 'index.js': 'export const unused = () => 1' },
      },
      "import { inner } from '@some/outer'; import { unused } from 'unused'; inner()",
    );
    expect(status).toBe(0);
    expect(notices()).toContain('inner 1.2.3\n\nLicence: Apache-2.0\n\nInner text\n\nInner notice\n');
    expect(notices()).not.toMatch(/unused|Outer/);
  });

  it.each([
    ['no licence file', { 'package.json': described('bare', 'MIT'), NOTICE: 'A notice' }],
    ['names no licence', { 'package.json': '{"name":"bare"}', LICENSE: 'A text' }],
  ])('fails with one line: %s', async (reason, files) => {
    const { status, stderr } = await written({ bare: { ...files, 'index.js': 'console.log(1)' } }, "import 'bare'");
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^third-party notices: node_modules/bare.*${reason}.*\n$`));
  });
});
