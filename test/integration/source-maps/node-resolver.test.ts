import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findMap } from '../../../src/source-maps/find-map.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

const mapOf = (source: string) => JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAAA' });
const base64 = Buffer.from(mapOf('inline.ts')).toString('base64');

/** The ends of scripts that name `a.map`, or a map inside them, at least according to somebody. */
const FORMS = {
  plain: '//# sourceMappingURL=a.map',
  at: '//@ sourceMappingURL=a.map',
  tab: '//#\tsourceMappingURL=a.map',
  'a blank before the URL': '//# sourceMappingURL= a.map',
  'a blank that does not break': '//#\u00a0sourceMappingURL=a.map',
  'blanks behind it': '//# sourceMappingURL=a.map  \t',
  'lines of Windows': '//# sourceMappingURL=a.map\r\n',
  'a line separator behind it': '//# sourceMappingURL=a.map\u2028a = 1;',
  'a query': '//# sourceMappingURL=a.map?v=1',
  'a fragment': '//# sourceMappingURL=a.map#v1',
  'percent codes': '//# sourceMappingURL=with%20blank.map',
  'a way up': '//# sourceMappingURL=sub/../a.map',
  backslashes: '//# sourceMappingURL=sub\\a.map',
  'the last of several': '//# sourceMappingURL=b.map\n//# sourceMappingURL=a.map',
  'comments behind it': '//# sourceMappingURL=a.map\n// the end\n/* of\n it */',
  'code behind it': '//# sourceMappingURL=a.map\na = 1;',
  'code before it': 'a = 1; //# sourceMappingURL=a.map',
  'the end of a wrapper behind it': '({ a() {\n//# sourceMappingURL=a.map\n} });',
  'a string before it': 'a = "//# sourceMappingURL=b.map";\n//# sourceMappingURL=a.map',
  'a string behind it': '//# sourceMappingURL=a.map\na = "//# sourceMappingURL=b.map ";',
  inline: `//# sourceMappingURL=data:application/json;base64,${base64}`,
  'inline, in capitals': `//# sourceMappingURL=DATA:application/json;base64,${base64}`,
  'inline, with its character set': `//# sourceMappingURL=data:application/json;charset=utf-8;base64,${base64}`,
  'a string': 'a = "//# sourceMappingURL=a.map"',
  'a string with a blank': 'a = "//# sourceMappingURL=a.map ";',
  'a template': 'a = `\n//# sourceMappingURL=a.map\n`;',
  'a comment in a comment': '// //# sourceMappingURL=a.map',
  'a comment in a long comment': '/* //# sourceMappingURL=a.map */',
  'other capitals': '//# SourceMappingURL=a.map',
  quotes: "//# sourceMappingURL='a.map'",
  'another scheme': '//# sourceMappingURL=https://maps.invalid/a.map',
  'an empty one behind it': '//# sourceMappingURL=a.map\n//# sourceMappingURL=',
  // Only Node 18 takes these, and only in ES modules.
  'several blanks': '//#   sourceMappingURL=a.map',
  'a comment behind it on its line': '//# sourceMappingURL=a.map // the end',
  'a CSS-style comment': '/*# sourceMappingURL=a.map */',
  'a CSS-style comment of several lines': '/*#\n sourceMappingURL=a.map\n*/',
  // ECMA-426 has these.
  'no blank': '//#sourceMappingURL=a.map',
  'a CSS-style comment with @': '/*@ sourceMappingURL=a.map */',
  'a CSS-style comment without blanks': '/*# sourceMappingURL=a.map*/',
  'inline, other parts in capitals': `//# sourceMappingURL=data:Application/JSON;BASE64,${base64}`,
  'inline, with percent codes': `//# sourceMappingURL=data:application/json,${encodeURIComponent(mapOf('inline.ts'))}`,
  'inline, as it stands': `//# sourceMappingURL=data:application/json,${mapOf('inline.ts')}`,
  'inline, without a type': `//# sourceMappingURL=data:;base64,${base64}`,
} as const;

/** What Node itself never takes, or only Node 18. */
const MORE_THAN_NODE: readonly string[] = Object.keys(FORMS).slice(Object.keys(FORMS).indexOf('several blanks'));
/** Node 18 looks for comments of ES modules with a regular expression. So it takes texts for comments, and knows neither `@` nor a blank before the URL. */
const ONLY_NODE_18 = {
  taken: ['a string with a blank', 'a template', 'a comment in a comment', 'a comment in a long comment', 'an empty one behind it'],
  otherMap: ['a string behind it'],
  notTaken: ['at', 'a blank before the URL'],
};

/** Prints, for each script, the source that the map names which Node finds. */
const ASK_NODE = `
const { findSourceMap } = require('node:module');
(async () => {
  const found = [];
  for (const file of JSON.parse(process.argv[1])) {
    await import(file);
    found.push(findSourceMap(file)?.payload.sources[0].replace(/.*\\//, '') ?? null);
  }
  console.log(JSON.stringify(found));
})();`;

let files: { readonly commonjs: string[]; readonly module: string[] };

beforeAll(() => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'sub'));
  for (const [file, source] of [
    ['a.map', 'a.ts'],
    ['b.map', 'b.ts'],
    ['sub/a.map', 'sub.ts'],
    ['with blank.map', 'blank.ts'],
  ] as const)
    writeFileSync(join(folder, file), mapOf(source));
  const written = (extension: string) =>
    Object.values(FORMS).map((text, index) => {
      const file = join(folder, `${index}.${extension}`);
      writeFileSync(file, `let a = 0;\n${text}${text.endsWith('\n') ? '' : '\n'}`);
      return file;
    });
  files = { commonjs: written('cjs'), module: written('mjs') };
});

function sourceOf(file: string): string | null {
  const map = findMap(file);
  return map === null ? null : (JSON.parse(map.text()) as { sources: [string] }).sources[0];
}

describe.each(nodeBinaries())('comments that name a map, as Node $major itself reads them', ({ major, execPath }) => {
  test.each(['commonjs', 'module'] as const)('%s', async (kind) => {
    const { stdout } = await promisify(execFile)(execPath, ['--enable-source-maps', '-e', ASK_NODE, JSON.stringify(files[kind])]);
    const theirs = JSON.parse(stdout) as (string | null)[];
    const forms = Object.keys(FORMS).map((name, index) => ({ name, ours: sourceOf(files[kind][index]!), theirs: theirs[index]! }));
    const differing = forms.filter((form) => form.ours !== form.theirs);
    const names = (isWanted: (form: (typeof forms)[number]) => boolean) => differing.filter(isWanted).map(({ name }) => name);
    const isOld = major === 18 && kind === 'module';
    expect(names(({ ours }) => ours === null)).toEqual(isOld ? ONLY_NODE_18.taken : []);
    expect(names((form) => form.ours !== null && form.theirs !== null)).toEqual(isOld ? ONLY_NODE_18.otherMap : []);
    expect(names((form) => form.theirs === null).filter((name) => !MORE_THAN_NODE.includes(name))).toEqual(
      isOld ? ONLY_NODE_18.notTaken : [],
    );
    expect(forms.filter(({ theirs }) => theirs !== null).length).toBeGreaterThan(20);
    expect(forms.find(({ name }) => name === 'a string')?.ours).toBe(null);
  });
});
