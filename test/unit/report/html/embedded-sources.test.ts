import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { embeddedSources as embeddedSourcesAt, type Place } from '../../../../src/report/html/embedded-sources.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

afterAll(reapTargets);

const folder = temporaryFolder();
const embeddedSources = (places: Iterable<Place>, cwd = '/') => embeddedSourcesAt(places, cwd);
function file(name: string, lines = 30): string {
  const path = join(folder, name);
  writeFileSync(path, Array.from({ length: lines }, (_, index) => `\tline ${index + 1}`).join('\n'));
  return path;
}

it('has only the lines around a place', () => {
  const filename = file('a.mjs');
  const sources = embeddedSources([{ file: 3, filename, line: 10 }]);
  expect(Object.keys(sources[3]!).map(Number)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14]);
  expect(sources[3]![10]).toBe('  line 10');
  expect(Object.keys(embeddedSources([{ file: 0, filename, line: 29 }])[0]!).map(Number)).toEqual([25, 26, 27, 28, 29, 30]);
});

it.each(['.env', 'id_rsa', 'passwd', 'config.json', 'a.js.bak'])('has nothing from %s, because a profile may name any file', (name) => {
  expect(embeddedSources([{ file: 0, filename: file(name), line: 1 }])).toEqual({});
});

it('has nothing for a missing file, a missing line, or no line', () => {
  const filename = file('b.ts');
  const places = [
    { file: 0, filename: '/no/such/file.js', line: 1 },
    { file: 1, filename: 'node:fs.js', line: 1 },
    { file: 2, filename, line: 31 },
    { file: 3, filename, line: 0 },
  ];
  expect(embeddedSources(places)).toEqual({});
});

it('shows hidden characters of a line', () => {
  const filename = join(folder, 'trojan.js');
  writeFileSync(filename, 'if (admin) /*\u202e } \u2066if (user)\u2069 */ {\n');
  expect(embeddedSources([{ file: 0, filename, line: 1 }])[0]![1]).toBe('if (admin) /*\\u{202e} } \\u{2066}if (user)\\u{2069} */ {');
});

describe('behind a link', () => {
  const root = temporaryFolder();
  const path = (name: string) => join(root, name);
  const isEmbedded = (name: string, cwd = '/') =>
    Object.keys(embeddedSources([{ file: 0, filename: path(name), line: 1 }], cwd)).length > 0;

  for (const made of ['outside/.git', 'project/src', 'project/lib', 'bare/src']) mkdirSync(path(made), { recursive: true });
  for (const made of ['outside/id_rsa', 'outside/secret.js', 'project/package.json', 'project/lib/b.ts', 'project/.env', 'bare/src/c.js'])
    writeFileSync(path(made), 'a line\n');
  const links = {
    'project/src/a.ts': '../../outside/id_rsa',
    'project/src/b.ts': '../lib/b.ts',
    'project/src/out.js': '../../outside/secret.js',
    'project/src/again.js': './out.js',
    'project/src/env.js': '../.env',
    'project/src/no-extension': '../lib/b.ts',
    'project/linked': '../outside',
    'project/round.js': './round.js',
    'bare/src/out.js': '../../outside/secret.js',
    'bare/linked': '../outside',
    'bare/c.js': './src/c.js',
    current: './project',
  };
  for (const [name, to] of Object.entries(links)) symlinkSync(to, path(name));

  it.each(['project/src/b.ts', 'project/src/no-extension', 'bare/c.js', 'current/src/b.ts', 'current/lib/b.ts'])(
    '%s is embedded: it leads to a script of the same project',
    (name) => expect(isEmbedded(name)).toBe(true),
  );

  it.each([
    'project/src/a.ts',
    'project/src/out.js',
    'project/src/again.js',
    'project/src/env.js',
    'project/linked/secret.js', // the linked folder is a project of its own
    'project/round.js',
    'bare/src/out.js',
    'bare/linked/secret.js',
  ])('%s is not: it leads to no script, or out of the project', (name) => expect(isEmbedded(name)).toBe(false));

  it('the project of the current folder may be behind a link', () => {
    expect(isEmbedded('bare/src/out.js', path('outside'))).toBe(true);
    expect(isEmbedded('project/src/a.ts', path('outside'))).toBe(false);
  });
});
