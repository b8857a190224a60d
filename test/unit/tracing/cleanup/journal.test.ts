import { execFileSync } from 'node:child_process';
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

test('without space for a text there is one clear error, and what was written before stays', () => {
  const url = new URL('../../../../src/tracing/cleanup/journal.js', import.meta.url).href;
  const program = `
    const { readSync } = await import('node:fs');
    const { Journal } = await import('${url}');
    const journal = Journal.open();
    journal.append('one\\n');
    let code = 'none';
    try { journal.append('x'.repeat(100_000)); } catch (error) { code = error.code + ' ' + error.message; }
    const bytes = Buffer.alloc(100);
    console.log(JSON.stringify([code, bytes.toString('utf8', 0, readSync(journal.fd, bytes, 0, 100, 0))]));`;
  // A file of this process may have 1 or 2 blocks of 512 bytes, as the shell counts.
  const limited = ['-c', 'ulimit -f 2; exec "$0" --input-type=module -e "$1"', process.execPath, program];
  const [code, content] = JSON.parse(execFileSync('/bin/sh', limited, { encoding: 'utf8' }));
  expect(code).toMatch(
    /^ERR_OUTPUT_FILE cannot note what must be undone in the program in .*EFBIG.*; free some space there, or set TMPDIR/,
  );
  expect(content).toBe('one\n');
});
