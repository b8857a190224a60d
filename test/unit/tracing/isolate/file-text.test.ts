import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { FileText } from '../../../../src/tracing/isolate/file-text.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

afterAll(reapTargets);

const MARK = '\ufeff';
/** Fewer UTF-16 units than bytes. */
const TEXT = '// grün 😀\nwork();\n';

function fileOf(content: string | Buffer): FileText {
  const path = join(temporaryFolder(), 'app.js');
  writeFileSync(path, content);
  return FileText.read(path)!;
}

/** What V8 tells of a text. */
const facts = (text: string) => ({ length: text.length, hash: createHash('sha256').update(text).digest('hex') });
/** What V8 of Node 18 tells: a hash that we cannot compute. */
const oldFacts = (text: string) => ({ length: text.length, hash: '3a37019a284935e0381901642cf9821781abe278' });

test.each([
  ['the same', TEXT, TEXT],
  ['without the byte order mark', MARK + TEXT, TEXT],
  ['with it', MARK + TEXT, MARK + TEXT],
  ['empty', '', ''],
])('the text of the file: %s', (_name, file, text) => {
  expect(fileOf(file).is(facts(text))).toBe(true);
  expect(fileOf(file).is(oldFacts(text))).toBe(true);
});

test.each([
  ['longer', `'use strict';${TEXT}`],
  ['shorter', 'work();\n'],
  ['much shorter', 'w'],
])('another text: %s', (_name, text) => {
  expect(fileOf(TEXT).is(facts(text))).toBe(false);
  expect(fileOf(TEXT).is(oldFacts(text))).toBe(false);
});

test('another text of the same length: the hash tells, which that of Node 18 cannot', () => {
  expect(fileOf(TEXT).is(facts(TEXT.replace('work', 'play')))).toBe(false);
  expect(fileOf(TEXT).is(oldFacts(TEXT.replace('work', 'play')))).toBe(true);
});

test('bytes that are not UTF-8 run as replacement characters', () => {
  const bytes = Buffer.concat([Buffer.from([0x22, 0xff, 0x22]), Buffer.from(TEXT)]);
  expect(fileOf(bytes).is(facts(bytes.toString()))).toBe(true);
});

test('an engine that tells neither is believed', () => {
  expect(fileOf(TEXT).is({})).toBe(true);
});

test('a wrapper on the same line moves no line', () => {
  expect(fileOf(TEXT).isWithin(`(function (exports) { ${TEXT}\n});`)).toBe(true);
  expect(fileOf(MARK + TEXT).isWithin(`(() => {${TEXT.trim()}})`)).toBe(true);
  expect(fileOf(TEXT).isWithin(`'use strict';\n${TEXT}`)).toBe(false);
  expect(fileOf(TEXT).isWithin('work();')).toBe(false);
});

test('no file', () => {
  expect(FileText.read(temporaryFolder())).toBe(null);
  expect(FileText.read('/no/such/file.js')).toBe(null);
});
