import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Names of maps that are not there. All of them share one warning. */
const MISSING = ['missing.js.map', 'app%00.js.map', '.'];

/** The map that the file names, and the text of app.js.map if that exists. */
const MAPS: readonly { readonly name: string; readonly url: string; readonly file?: string; readonly warning?: RegExp }[] = [
  { name: 'base64 that is none', url: 'data:application/json;base64,!!!%%%', warning: /of .*app.js is not used: it is not JSON/ },
  { name: 'a text that is no JSON, inline', url: inline('{ "version": 3, "mappings"'), warning: /of .*app.js is not used: it is not JSON/ },
  { name: 'JSON that is no map, inline', url: inline('[7]'), warning: /is not used: it is not a source map of version 3/ },
  { name: 'a percent code that is none', url: 'data:application/json,%E0%A4%A', warning: /of .*app.js is not used: it is not JSON/ },
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

test('with wrong maps the program runs, a table is printed, and each file that has a wrong map is named once (long)', async () => {
  const folder = temporaryFolder();
  const all = [...MAPS, ...MISSING.map((url) => ({ url, file: undefined }))];
  const files = all.map(({ url, file }, index) => {
    const program = join(folder, `${index}`, 'app.js');
    mkdirSync(dirname(program));
    writeFileSync(program, `${PROGRAM}//# sourceMappingURL=${url}\n`);
    if (file !== undefined) writeFileSync(`${program}.map`, file);
    return program;
  });
  const main = join(folder, 'main.cjs');
  writeFileSync(main, files.map((file) => `require(${JSON.stringify(file)});\n`).join(''));
  const options = ['--lines', '--mode', 'exact', '--top', '100', '-o', join(folder, 'app.tmsnap')];
  const { code, stdout, stderr } = await runCommand(['run', '--embed-maps', ...options, main], { cwd: folder });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '1000\n'.repeat(all.length) });
  // A map may put the row on any line. Each entry is two blocks: an array and its elements.
  expect(stderr.match(/^ *[\d.]+ KiB +20\d\d +\d+ B +\S+:\d{1,6}( build)?$/gm)).toHaveLength(all.length);
  expect(stderr).not.toMatch(/Error|^node-tracemalloc/m);
  // Two tables are printed, but each warning comes once.
  const warnings = stderr.match(/^.*source map.*$/gm) ?? [];
  const found = MAPS.map(({ name }, index) => [
    name,
    ...warnings.filter((line) => line.includes(`/${index}/`) && !line.includes('are missing')),
  ]);
  expect(found).toEqual(MAPS.map(({ name, warning }) => [name, ...(warning ? [expect.stringMatching(warning)] : [])]));
  const missing = warnings.filter((line) => /source maps are missing: \S+ and 2 more$/.test(line));
  expect([missing.length, warnings.length]).toEqual([1, MAPS.filter(({ warning }) => warning).length + 1]);
});
