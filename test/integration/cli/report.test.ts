import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/index.js';
import { callCommand, runCommand } from '../../helpers/command.js';
import { repoPath } from '../../helpers/paths.js';
import { profileOf } from '../../helpers/profiles.js';
import { enterTemporaryFolder, reapTargets } from '../../helpers/target-process.js';

const BIN = repoPath('dist/src/cli/bin.js');
let cwd = '';
const report = (...args: string[]) => callCommand(['report', ...args]);
const path = (name: string) => join(cwd, name);
const page = (name: string) => readFileSync(path(name), 'utf8');

beforeEach(() => {
  cwd = enterTemporaryFolder();
  Snapshot.fromTraces([{ size: 100, frames: [[path('main.js'), 2]] }]).dump(path('now.tmsnap'));
  writeFileSync(path('main.js'), 'const secret = 1;\nkeep(secret);\n');
});
afterAll(reapTargets);

describe('report', () => {
  it('writes one file that needs no other, from a snapshot or a profile', async () => {
    writeFileSync(path('of-chrome.heapprofile'), JSON.stringify(profileOf([{ frame: 'main@file:///app/main.js:0:9', samples: [100] }])));
    for (const file of ['now.tmsnap', 'of-chrome.heapprofile']) {
      expect(await report(file, '-o', `${file}.html`)).toMatchObject({ code: 0, stdout: '', stderr: `report written as ${file}.html\n` });
      expect(page(`${file}.html`)).toMatch(/^<!doctype html>/);
      expect(page(`${file}.html`)).not.toMatch(/<(?:script|img|link|iframe)[^>]+(?:src|href)="(?!data:,")/);
    }
    expect(readdirSync(cwd).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('goes to stdout for -, as export does', async () => {
    const { code, stdout, stderr } = await report('now.tmsnap', '-o', '-');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^<!doctype html>.*<\/html>\s*$/s);
    expect(readdirSync(cwd)).not.toContain('-');
  });

  it('holds source lines only with --embed-sources', async () => {
    await report('now.tmsnap', '-o', 'without.html');
    expect(page('without.html')).not.toContain('secret');
    await report('now.tmsnap', '-o', 'with.html', '--embed-sources');
    expect(page('with.html')).toContain('keep(secret);');
  });

  it('without -o writes NAME.html into the current folder, and replaces no file without --force', async () => {
    mkdirSync(path('saved'));
    Snapshot.fromTraces([]).dump(path('saved/now.tmsnap'));
    for (const file of ['now.tmsnap', 'saved/now.tmsnap']) expect((await report(file)).code).toBe(0);
    expect(readdirSync(cwd).filter((name) => name.endsWith('.html'))).toEqual(['now.2.html', 'now.html']);
    expect((await report('saved/now.tmsnap', '--force')).stderr).toBe('report written as now.html\n');
    expect(page('now.html')).toBe(page('now.2.html'));
  });

  it('--open shows the page, or says why it cannot', async () => {
    const opening = async (PATH: string) => await runCommand(['report', 'now.tmsnap', '--open', '--force'], { cwd, env: { PATH } });
    const fake = (code: string) => writeFileSync(path('xdg-open'), `#!/bin/sh\n${code}\n`, { mode: 0o755 });
    fake(`echo "$1" > ${path('opened')}`);
    expect(await opening(cwd)).toMatchObject({ code: 0, stderr: 'report written as now.html\n' });
    expect(page('opened')).toBe(`file://${path('now.html')}\n`);
    fake('exit 4');
    expect(await opening(cwd)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('xdg-open ended with 4; open now.html in a browser'),
    });
    expect((await opening('/nowhere')).stderr).toMatch(
      /^report written as now\.html\ntracemalloc: .*: xdg-open is not installed; open now\.html/,
    );
    expect(await report('now.tmsnap', '-o', '-', '--open')).toMatchObject({ code: 2, stdout: '' });
  });

  it('refuses an output that cannot be written, before it reads the snapshot', async () => {
    expect(await report('not-there.tmsnap', '-o', 'no/such/out.html')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^tracemalloc: cannot write no\/such\/out\.html: there is no such folder; .*\n$/),
    });
  });

  it('keeps an existing output if the snapshot cannot be read', async () => {
    writeFileSync(path('out.html'), 'mine');
    writeFileSync(path('bad.tmsnap'), 'no snapshot');
    for (const args of [['bad.tmsnap'], ['now.tmsnap', '--diff', 'bad.tmsnap']])
      expect(await report(...args, '-o', 'out.html', '--force')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^tracemalloc: cannot load the snapshot bad\.tmsnap: .*\n$/),
      });
    expect(page('out.html')).toBe('mine');
  });

  it('writes directly to a pipe', async () => {
    const line = `'${process.execPath}' '${BIN}' report now.tmsnap -o /dev/stdout | cat`;
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', line], { cwd });
    expect([stdout.slice(0, 9), stdout.trimEnd().slice(-7)]).toEqual(['<!doctype', '</html>']);
  });

  it('reports a folder without write permission', async () => {
    if (process.getuid?.() === 0) return; // root may write everywhere
    mkdirSync(path('locked'));
    chmodSync(path('locked'), 0o500);
    expect(await report('now.tmsnap', '-o', 'locked/out.html')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not permitted'),
    });
  });
});
