import { expect, it } from '@jest/globals';
import { packageName } from '../../../../src/snapshot/statistics/package-name.js';

it.each([
  ['/app/node_modules/express/lib/router.js', 'express'],
  ['/app/node_modules/@scope/pkg/index.js', '@scope/pkg'],
  ['/app/node_modules/a/node_modules/b/index.js', 'b'],
  ['/app/node_modules/.pnpm/x@1.0.0/node_modules/x/index.js', 'x'],
  ['/app/node_modules/.pnpm/@s+x@1.0.0/node_modules/@s/x/index.js', '@s/x'],
  ['/app/.yarn/cache/lodash-npm-4.17.21.zip/node_modules/lodash/lodash.js', 'lodash'],
  ['/app/.yarn/__virtual__/y-virtual-1/0/cache/y.zip/node_modules/@s/y/y.js', '@s/y'],
  ['C:\\app\\node_modules\\@scope\\pkg\\index.js', '@scope/pkg'],
  ['/app/node_modules/.vite/deps/chunk.js', '<program>'],
  ['/app/src/main.js', '<program>'],
  ['/app/my_node_modules/x/main.js', '<program>'],
  ['https://example.org/x.js', '<program>'],
  ['node:internal/modules/cjs/loader', '<node>'],
  ['<GC>', '<GC>'],
  ['<anonymous>', '<anonymous>'],
])('%s belongs to %s', (filename, name) => {
  expect(packageName(filename)).toBe(name);
});
