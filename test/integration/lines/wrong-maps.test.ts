import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { runCommand } from '../../helpers/command.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

/** Keeps 1,000 arrays that are made on line 4. */
const PROGRAM = `const kept = (globalThis.kept = []);
function build(n) {
  for (let i = 0; i < n; i++) {
    kept.push([i, i + 1, i + 2]);
  }
}
build(1000);
console.log(kept.length);
`;

const inline = (text: string): string => `data:application/json;base64,${Buffer.from(text).toString('base64')}`;
const map = (fields: object): string => JSON.stringify({ version: 3, sources: ['app.ts'], names: [], mappings: 'AAAA', ...fields });

/** The map that the file names, and the text of app.js.map if that exists. */
const MAPS: readonly { readonly name: string; readonly url: string; readonly file?: string; readonly warning?: RegExp }[] = [
  { name: 'base64 that is none', url: 'data:application/json;base64,!!!%%%', warning: /of .*app.js is not used: it is not JSON/ },
  { name: 'a text that is no JSON, inline', url: inline('{ "version": 3, "mappings"'), warning: /of .*app.js is not used: it is not JSON/ },
  { name: 'JSON that is no map, inline', url: inline('[7]'), warning: /is not used: it is not a source map of version 3/ },
  { name: 'a percent code that is none', url: 'data:application/json,%E0%A4%A', warning: /of .*app.js is not used: it is not JSON/ },
  { name: 'a file that is missing', url: 'missing.js.map', warning: /missing.js.map is missing/ },
  { name: 'a name with a NUL', url: 'app%00.js.map', warning: /is missing/ },
  { name: 'a folder', url: '.', warning: /is missing/ },
  {
    name: 'a text that is no JSON',
    url: 'app.js.map',
    file: '{ "version": 3, "mappings": 7',
    warning: /app.js.map is not used: it is not JSON/,
  },
  { name: 'null', url: 'app.js.map', file: 'null', warning: /is not used: it is not a source map/ },
  { name: 'another version', url: 'app.js.map', file: map({ version: 2 }), warning: /version 3 \(version\)/ },
  { name: 'mappings that are a number', url: 'app.js.map', file: map({ mappings: 7 }), warning: /version 3 \(mappings\)/ },
  { name: 'no mappings', url: 'app.js.map', file: map({ mappings: undefined }), warning: /version 3 \(mappings\)/ },
  { name: 'mappings of other characters', url: 'app.js.map', file: map({ mappings: 'AA$A;;;"?' }), warning: /its mappings are damaged/ },
  { name: 'mappings of other characters, inline', url: inline(map({ mappings: 'AA$A;;;"?' })), warning: /its mappings are damaged/ },
  { name: 'no sources', url: 'app.js.map', file: map({ sources: undefined }), warning: /version 3 \(sources\)/ },
  {
    name: 'sources that are numbers',
    url: 'app.js.map',
    file: map({ sources: [1, {}, null], mappings: 'AAAA;;;AACA' }),
    warning: /version 3 \(sources\.0\)/,
  },
  {
    name: 'sections that are none',
    url: 'app.js.map',
    file: map({ sections: [{ offset: null, map: 7 }] }),
    warning: /version 3 \(sections\.0/,
  },
  {
    name: 'sources that do not exist',
    url: 'app.js.map',
    file: map({ mappings: 'A+hBAA;;;A+hBAA' }),
    warning: /is wrong: it names impossible places/,
  },
  {
    name: 'lines and columns out of range',
    url: 'app.js.map',
    file: map({ mappings: 'gggggC,AADDD;;;AADDD,ggggggC' }),
    warning: /is wrong: it names impossible places/,
  },
  {
    name: 'lines out of range, inline',
    url: inline(map({ mappings: 'AADDD;;;AADDD,gggggC' })),
    warning: /is wrong: it names impossible places/,
  },
  {
    name: 'sources on another host',
    url: 'app.js.map',
    file: map({ sources: ['file://other/a.ts', 'file:///a%2Fb.ts'], mappings: 'AAAA;;;ACAA' }),
    warning: /outside of the project/,
  },
  { name: '100,000 sources', url: 'app.js.map', file: map({ sources: Array.from({ length: 100_000 }, (_, i) => `deep/${i}.ts`) }) },
];

test.each(MAPS)('with a wrong map the program runs, and a table is printed: $name', async ({ url, file, warning }) => {
  const folder = temporaryFolder();
  const program = join(folder, 'app.js');
  writeFileSync(program, `${PROGRAM}//# sourceMappingURL=${url}\n`);
  if (file !== undefined) writeFileSync(`${program}.map`, file);
  const options = ['--lines', '--mode', 'exact', '--top', '100', '-o', join(folder, 'app.tmsnap')];
  const { code, stdout, stderr } = await runCommand(['run', '--embed-maps', ...options, program], { cwd: folder });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '1000\n' });
  // The map may put it on any line. Each entry is two blocks: an array and its elements.
  expect(stderr).toMatch(/^ *[\d.]+ KiB +20\d\d +\d+ B +\S+:\d{1,6}( build)?$/m);
  expect(stderr).not.toMatch(/Error|^node-tracemalloc/m);
  // Two tables are printed, but each warning comes once.
  const warnings = stderr.match(/^.*source map.*$/gm) ?? [];
  expect(warnings).toEqual(warning ? [expect.stringMatching(warning)] : []);
});
