import { describe, expect, it } from '@jest/globals';
import { normalFilename } from '../../../../src/collect/stacks/filenames.js';

describe('normalFilename', () => {
  it.each([
    ['', '<anonymous>'],
    ['/app/a.js', '/app/a.js'],
    ['file:///app/a.mjs', '/app/a.mjs'],
    ['file:///app/with%20space.mjs?v=1', '/app/with space.mjs'],
    ['file:///app/50%.mjs', '/app/50%.mjs'],
    ['file:///C:/app/a.mjs', 'C:\\app\\a.mjs'],
    ['file://server/share/a.mjs', '//server/share/a.mjs'],
    ['node:fs', 'node:fs'],
    ['node:internal/timers', 'node:internal/timers'],
    ['internal/timers.js', 'node:internal/timers'],
    ['fs.js', 'node:fs'],
    ['https://example.org/a.js', 'https://example.org/a.js'],
    ['webpack:///./src/a.ts', 'webpack:///./src/a.ts'],
    ['evalmachine.<anonymous>', 'evalmachine.<anonymous>'],
    ['C:\\app\\a.js', 'C:\\app\\a.js'],
  ])('%j is %j', (url, name) => {
    expect(normalFilename(url)).toBe(name);
  });
});
