import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { embeddedSources } from '../../../../src/report/html/embedded-sources.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

afterAll(reapTargets);

const folder = temporaryFolder();
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
