import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Cache, keyOf } from '../../../../src/lines/preload/cache.js';
import { openCacheFolder } from '../../../../src/lines/preload/cache-folder.js';
import { removeTemporaryFolders, temporaryFolder } from '../../../helpers/registered.js';

afterAll(removeTemporaryFolders);

const KEY = keyOf(['a']);

describe('the cache', () => {
  test('gives back what was written, and nothing else', () => {
    const cache = new Cache(temporaryFolder());
    expect(cache.read(KEY)).toBeUndefined();
    for (const text of ['', 'x\n\u2028é😀']) {
      cache.write(KEY, text);
      expect(cache.read(KEY)).toBe(text);
    }
  });

  test('takes any damage for a miss', () => {
    const folder = temporaryFolder();
    const cache = new Cache(folder);
    cache.write(KEY, 'some text');
    const entry = readFileSync(join(folder, KEY));
    for (let i = 0; i < entry.length; i++) {
      const damaged = Buffer.from(entry);
      damaged[i]! ^= 1;
      writeFileSync(join(folder, KEY), damaged);
      expect(cache.read(KEY)).toBeUndefined();
      writeFileSync(join(folder, KEY), entry.subarray(0, i));
      expect(cache.read(KEY)).toBeUndefined();
    }
  });

  test('does not keep what UTF-8 cannot hold', () => {
    const cache = new Cache(temporaryFolder());
    cache.write(KEY, 'half a pair: \ud83d');
    expect(cache.read(KEY)).toBeUndefined();
    expect(keyOf(['\ud83d'])).not.toBe(keyOf(['\ufffd']));
    expect(keyOf(['ab', 'c'])).not.toBe(keyOf(['a', 'bc']));
  });

  test('does without a folder that is gone', () => {
    const cache = new Cache(join(temporaryFolder(), 'gone'));
    cache.write(KEY, 'x');
    expect(cache.read(KEY)).toBeUndefined();
  });

  test('drops its oldest entries, and only its own files', () => {
    const folder = temporaryFolder();
    const cache = new Cache(folder, 10_000);
    const keys = Array.from({ length: 20 }, (_, i) => keyOf([String(i)]));
    for (const [i, key] of keys.entries()) {
      cache.write(key, 'x'.repeat(1000));
      utimesSync(join(folder, key), i, i);
    }
    writeFileSync(join(folder, 'theirs'), 'y'.repeat(20_000));
    writeFileSync(join(folder, `${KEY}0123456789ab.tmp`), 'half');
    utimesSync(join(folder, `${KEY}0123456789ab.tmp`), 0, 0);
    cache.prune();
    expect(readdirSync(folder).sort()).toEqual([...keys.slice(-7), 'theirs'].sort());
  });
});

describe('its folder', () => {
  test('is made for us alone', () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    expect(openCacheFolder({ NODE_TRACEMALLOC_CACHE: folder })).toBe(folder);
  });

  test('is not used if others may write to it, or if it is none', () => {
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
