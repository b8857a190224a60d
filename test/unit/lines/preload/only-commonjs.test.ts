import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { beginsWithCommonJs, mayImport } from '../../../../src/lines/preload/only-commonjs.js';
import { REGISTER_URL, removeTemporaryFolders, temporaryFolder } from '../../../helpers/registered.js';

afterAll(removeTemporaryFolders);

describe('a text', () => {
  test.each([
    "import('./x.mjs')",
    'const load = (x) => import /* late */ (x);',
    "import './x.mjs';",
    "'use strict';import x from './x.mjs'",
    'export const x = 1;',
    "/** @type {import('.')} */ const x = await import('./x.mjs');",
    "// a comment\nimport('./x.mjs')",
    "const url = 'http://x', y = import('./x.mjs');",
  ])('that may import: %s', (text) => expect(mayImport(text)).toBe(true));

  test.each([
    "/** @type {import('.')} */\nmodule.exports = 1;",
    "/**\n * @param {import('./x').X} x\n */",
    "// import('./x.mjs')",
    '/*\n * import/export statements\n */',
    'exports.important = 1; reimport(2);',
  ])('that does not: %s', (text) => expect(mayImport(text)).toBe(false));
});

describe('a program', () => {
  const folder = temporaryFolder();
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const begins = (main: string | undefined, execArgv: string[] = [], NODE_OPTIONS = '') =>
    beginsWithCommonJs(['node', ...(main === undefined ? [] : [main])], execArgv, { NODE_OPTIONS });

  test('that begins with CommonJS', () => {
    expect(begins(file('a.cjs', ''))).toBe(true);
    expect(begins(file('a.js', "require('./b')"), ['--import', REGISTER_URL], `--import=${REGISTER_URL}`)).toBe(true);
  });

  test('that may not', () => {
    expect(begins(file('a.mjs', ''))).toBe(false);
    expect(begins(file('b.js', "import './b.mjs'"))).toBe(false);
    expect(begins(join(folder, 'missing.js'))).toBe(false);
    expect(begins(undefined)).toBe(false);
    expect(begins(file('a.cjs', ''), ['--import', './setup.mjs'])).toBe(false);
    expect(begins(file('a.cjs', ''), [], '--loader=tsx')).toBe(false);
    expect(begins(file('a.cjs', ''), ['-e', '1'])).toBe(false);
    mkdirSync(join(folder, 'esm'));
    writeFileSync(join(folder, 'esm', 'package.json'), '{ "type": "module" }');
    expect(begins(file('esm/a.js', ''))).toBe(false);
  });
});
