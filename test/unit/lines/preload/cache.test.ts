import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Cache, nameOf, type Origin } from '../../../../src/lines/preload/cache.js';
import { openCacheFolder } from '../../../../src/lines/preload/cache-folder.js';
import { removeTemporaryFolders, temporaryFolder } from '../../../helpers/registered.js';

afterAll(removeTemporaryFolders);

const KEY: Origin = { circumstances: 'Node 24 /app.js', source: 'a' };

describe('the cache', () => {
  test('gives back what was written, and only that', () => {
    const cache = new Cache(temporaryFolder());
    expect(cache.read(KEY)).toBeUndefined();
    for (const text of ['', 'x\n\u2028é😀']) {
      cache.write(KEY, text);
      expect(cache.read(KEY)).toBe(text);
    }
  });

  test('compares the source of a text, not only its hash', () => {
    const cache = new Cache(temporaryFolder());
    const [long, other] = ['b', 'c'].map((odd) => `${'a'.repeat(1002)}${odd}${'a'.repeat(997)}`) as [string, string];
    expect(nameOf({ ...KEY, source: long })).toBe(nameOf({ ...KEY, source: other }));
    cache.write({ ...KEY, source: long }, 'x');
    expect(cache.read({ ...KEY, source: other })).toBeUndefined();
    expect(cache.read({ circumstances: 'Node 22 /app.js', source: long })).toBeUndefined();
    expect(cache.read({ ...KEY, source: long })).toBe('x');
  });

  test('treats any damage as a miss', () => {
    const folder = temporaryFolder();
    const cache = new Cache(folder);
    cache.write(KEY, 'some text');
    const entry = readFileSync(join(folder, nameOf(KEY)));
    for (let i = 0; i < entry.length; i++) {
      const damaged = Buffer.from(entry);
      damaged[i]! ^= 1;
      writeFileSync(join(folder, nameOf(KEY)), damaged);
      expect(cache.read(KEY)).toBeUndefined();
      writeFileSync(join(folder, nameOf(KEY)), entry.subarray(0, i));
      expect(cache.read(KEY)).toBeUndefined();
    }
  });

  test('does not keep text that UTF-8 cannot represent', () => {
    const cache = new Cache(temporaryFolder());
    cache.write(KEY, 'half a pair: \ud83d');
    expect(cache.read(KEY)).toBeUndefined();
    cache.write({ ...KEY, source: '\ud83d' }, 'x');
    expect(cache.read({ ...KEY, source: '\ud83d' })).toBeUndefined();
    expect(cache.read({ ...KEY, source: '\ufffd' })).toBeUndefined();
  });

  test('works without its folder if that is gone', () => {
    const cache = new Cache(join(temporaryFolder(), 'gone'));
    cache.write(KEY, 'x');
    expect(cache.read(KEY)).toBeUndefined();
  });

  test('drops its oldest entries, and only its own files', () => {
    const folder = temporaryFolder();
    const cache = new Cache(folder, 10_000);
    const keys = Array.from({ length: 20 }, (_, i) => ({ ...KEY, source: String(i) }));
    for (const [i, key] of keys.entries()) {
      cache.write(key, 'x'.repeat(1000));
      utimesSync(join(folder, nameOf(key)), i, i);
    }
    writeFileSync(join(folder, 'theirs'), 'y'.repeat(20_000));
    writeFileSync(join(folder, `${nameOf(KEY)}-0123456789ab.tmp`), 'half');
    utimesSync(join(folder, `${nameOf(KEY)}-0123456789ab.tmp`), 0, 0);
    cache.prune();
    expect(readdirSync(folder).sort()).toEqual([...keys.slice(-7).map(nameOf), 'theirs'].sort());
  });
});

describe('its folder', () => {
  test('is created with access only for us', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    expect(openCacheFolder({ NODE_TRACEMALLOC_CACHE: folder })).toBe(folder);
  });

  test('is not used if others may write to it, or if it is no folder', () => {
    const parent = temporaryFolder();
    const [open, file, link] = ['open', 'file', 'link'].map((name) => join(parent, name)) as [string, string, string];
    mkdirSync(open);
    chmodSync(open, 0o777);
    writeFileSync(file, '');
    mkdirSync(join(parent, 'good'), { mode: 0o700 });
    symlinkSync(join(parent, 'good'), link);
    for (const folder of [open, file, link, '/proc/nowhere']) {
      expect(openCacheFolder({ NODE_TRACEMALLOC_CACHE: folder })).toBeUndefined();
    }
  });
});
