import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repoPath } from '../../helpers/paths.js';

const BUNDLE = repoPath('dist/src/cli/bundle');

function imported(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:^|[;\n])\s*(?:import|export)[^;"']*["'](\.[^"']+)["']/g)].map(([, to]) => join(dirname(file), to!));
}

/** What is loaded with a file. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const to of imported(file)) loadedWith(to, seen);
  return seen;
}

function entry(name: string): string {
  const found = readdirSync(BUNDLE).find((file) => file.startsWith(`${name}-`) && file.endsWith('.js'));
  if (!found) throw new Error(`the bundle has no ${name}`);
  return join(BUNDLE, found);
}

describe('the bundle of the command', () => {
  it('is all that a start loads', () => {
    const files = ['on-files', 'on-processes'].flatMap((name) => [
      ...loadedWith(entry(name)),
      ...loadedWith(repoPath('dist/src/cli/bin.js')),
    ]);
    expect(files.filter((file) => dirname(file) !== BUNDLE && file !== repoPath('dist/src/cli/bin.js'))).toEqual([]);
  });

  it.each([
    // The parser's own default; others name the option, too.
    ['on-files', /Sec-WebSocket-Key|ecmaVersion: ?null/],
    ['on-processes', /ecmaVersion: ?null/],
  ])('loads with %s only what its verbs need', (name, foreign) => {
    const files = new Set([...loadedWith(entry(name)), ...loadedWith(repoPath('dist/src/cli/bin.js'))]);
    expect([...files].filter((file) => foreign.test(readFileSync(file, 'utf8')))).toEqual([]);
    expect(files.size).toBeLessThanOrEqual(8);
  });

  it('finds files from where it lies: modules name them from two folders below dist/src', () => {
    const sources = readdirSync(repoPath('src'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.startsWith(join('lines', 'preload')) && name !== join('cli', 'main.ts'),
    );
    const named = sources.flatMap((name) =>
      [...readFileSync(repoPath('src', name), 'utf8').matchAll(/new URL\(\s*['"`]([^'"`]*)['"`],\s*import\.meta\.url/g)].map(
        ([, to]) => to!,
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((to) => !to.startsWith('../../'))).toEqual([]);
  });
});
