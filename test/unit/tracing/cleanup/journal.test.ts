import { mkdtempSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Journal } from '../../../../src/tracing/cleanup/journal.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** As another process reads it, wherever the writer stands. */
function contentOf({ fd }: Journal): string {
  const bytes = Buffer.alloc(100);
  return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
}

test('what was written can be read, and no file has a name', () => {
  const journal = Journal.open(folder)!;
  journal.append('one\n');
  journal.append('two\n');
  expect(contentOf(journal)).toBe('one\ntwo\n');
  expect(readdirSync(folder)).toEqual([]);
  journal.clear();
  journal.append('three\n');
  expect(contentOf(journal)).toBe('three\n');
  journal.close();
  expect(() => readFileSync(journal.fd)).toThrow('EBADF');
});

test('without a folder to write in there is none', () => {
  expect(Journal.open(join(folder, 'missing'))).toBeNull();
});
