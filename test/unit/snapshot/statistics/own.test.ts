import { describe, expect, test } from '@jest/globals';
import { Snapshot } from '../../../../src/index.js';
import { cutBeforeOwn } from '../../../../src/snapshot/statistics/own-callers.js';
import { ownFileMask, ownFolderOf } from '../../../../src/snapshot/statistics/own-files.js';
import { snapshotFrom } from '../picture.js';

/** The same snapshot, of a process that runs `script`. */
function of(script: string, snapshot: Snapshot): Snapshot {
  return new Snapshot({ ...snapshot, capture: { ...snapshot.capture, target: { ...snapshot.capture.target, script } } });
}

const printed = (snapshot: Snapshot) => snapshot.statistics('own').map((statistic) => `${statistic.traceback} ${statistic.size}`);

describe('the own files of a program', () => {
  test.each([
    '/app/src/server.ts',
    '/app/src/views.js <in memory>',
    'C:\\app\\server.js',
    '/repo/packages/shared/index.js', // what node_modules/shared of a monorepo links to
    '/repo/.yarn/__virtual__/shared-virtual-1a/1/packages/shared/index.js',
    'file:///elsewhere/src/a.ts',
    'webpack://shop/src/cart.ts',
    'webpack-internal:///(rsc)/./src/app/page.tsx',
    'turbopack:///[project]/src/app/page.tsx',
    'https://example.com/app.js',
    'src/a.vue',
    '[eval]',
    '[stdin]',
    'REPL1',
  ])('%s is one', (filename) => expect(ownFileMask([filename], '')).toEqual(Uint8Array.of(1)));

  test.each([
    'node:zlib',
    'node:internal/modules/cjs/loader',
    '<V8 API>',
    '<anonymous>',
    'evalmachine.<anonymous>',
    'wasm://wasm/0a1b',
    'data:text/javascript,1',
    'lodash.templateSources[0]',
    '[worker eval]',
    '/app/node_modules/sequelize/lib/model.js',
    '/app/node_modules/ejs/lib/ejs.js <in memory>',
    '/app/node_modules/.pnpm/pg@8/node_modules/pg/lib/client.js',
    '/repo/.yarn/cache/ejs-npm-3.zip/node_modules/ejs/lib/ejs.js',
    '/repo/.pnp.cjs',
    '/repo/.pnp.loader.mjs',
    '/repo/.yarn/releases/yarn-4.1.0.cjs',
    'webpack://shop/node_modules/react/index.js',
    'webpack://shop/webpack/bootstrap',
    'webpack://shop/webpack/runtime/define property getters',
    'webpack://shop/external node-commonjs "node:fs"',
    'turbopack:///[turbopack]/shared/runtime-utils.ts',
    '\0commonjsHelpers.js',
    '/app/dist/\0rollupPluginBabelHelpers.js',
  ])('%s is none', (filename) => expect(ownFileMask([filename], '')).toEqual(Uint8Array.of(0)));
});

test('the bytes stand on the newest frame of the own files', () => {
  const snapshot = snapshotFrom(`
    node:http:1          node:http:1  main@app.js:1               app.js:9
    handle@app.js:5      <GC>:0       pack@src/export.js:41       -
    /m/node_modules/x:2  -            node:zlib:712               -
    100                  7            30                          4
  `);
  expect(printed(snapshot)).toEqual(['/app/app.js:5 100', 'src/export.js:41 30', '<not from your code>:0 7', '/app/app.js:9 4']);
  expect(snapshot.statistics('own').map(String)).toContain('<not from your code>: size=7 B, count=1, average=7 B');
  const cumulative = snapshot.statistics('own', { cumulative: true }).map((statistic) => `${statistic.traceback} ${statistic.size}`);
  expect(cumulative).toEqual([
    '/app/app.js:5 100',
    'src/export.js:41 30',
    '/app/app.js:1 30',
    '<not from your code>:0 7',
    '/app/app.js:9 4',
  ]);
});

test('a program that is itself a package owns the files of this package, unless files outside of packages call', () => {
  const folder = '/home/u/.npm/_npx/1a/node_modules/tool';
  const frames = ['node:http:1', `${folder}/cli.js:3`, `${folder}/node_modules/ws/index.js:9`].join('\n');
  const alone = of(`${folder}/cli.js`, snapshotFrom(`${frames}\n100`));
  expect(ownFolderOf(alone)).toBe(folder);
  expect(printed(alone)).toEqual([`${folder}/cli.js:3 100`]);
  expect(printed(of('/app/server.js', alone))).toEqual(['<not from your code>:0 100']);
  const running = of(`${folder}/cli.js`, snapshotFrom(`${folder}/cli.js:3\na.test.js:2\nnode:zlib:9\n100`));
  expect(printed(running)).toEqual(['/app/a.test.js:2 100']);
});

test('both snapshots of a diff agree about what is own', () => {
  const script = '/m/node_modules/tool/cli.js';
  const old = of(script, snapshotFrom(`${script}:3\nconfig.js:1\n10`));
  const now = of(script, snapshotFrom(`${script}:3\nnode:fs:1\n50`));
  const changes = now.compareTo(old, 'own').map(({ traceback, sizeDiff }) => `${traceback} ${sizeDiff}`);
  expect(changes).toEqual([`${script}:3 40`]);
});

describe('the own caller', () => {
  const now = snapshotFrom(`
    main@app.js:1    main@app.js:1  idle@app.js:8  node:net:1     main@app.js:1
    pack@app.js:41   read@app.js:7  node:zlib:712  node:zlib:712  pack@app.js:41
    node:zlib:712    node:zlib:712  -              -              -
    930              40             10             20             5
  `);
  const old = snapshotFrom(`
    pack@app.js:41   read@app.js:7
    node:zlib:712    node:zlib:712
    900              10
  `);
  const callers = (statistics: ReturnType<Snapshot['statistics']>) =>
    statistics.map(({ traceback, ownCaller }) => [
      String(traceback),
      ownCaller && `${ownCaller.frame} ${ownCaller.frame.functionName}`,
      ownCaller?.share,
    ]);

  test('has most bytes of a row that is not of the own files', () => {
    expect(callers(now.statistics('lineno'))).toEqual([
      ['node:zlib:712', '/app/app.js:41 pack', 0.93],
      ['/app/app.js:41', null, undefined],
    ]);
    expect(callers(now.statistics('package'))[0]).toEqual(['<node>:0', '/app/app.js:41 pack', 0.93]);
    expect(callers(snapshotFrom('node:net:1\n3').statistics('lineno'))).toEqual([['node:net:1', null, undefined]]);
  });

  test('is known neither with the keys own and thread nor of cumulative statistics', () => {
    for (const statistics of [now.statistics('own'), now.statistics('thread'), now.statistics('lineno', { cumulative: true })])
      expect(statistics.every(({ ownCaller }) => ownCaller === null)).toBe(true);
  });

  test('of a change has most of what was added, or of what was removed', () => {
    expect(callers(now.compareTo(old, 'lineno'))[0]).toEqual(['node:zlib:712', '/app/app.js:7 read', 1 / 3]);
    expect(callers(old.compareTo(now, 'lineno'))[0]).toEqual(['node:zlib:712', '/app/app.js:7 read', 1 / 3]);
    expect(callers(now.compareTo(now, 'lineno'))[0]).toEqual(['node:zlib:712', null, undefined]);
  });
});

test('what was cut before an own frame is known', () => {
  const deep = (frames: [string, number][], totalFrames: number) => ({ size: 10 * totalFrames, frames, totalFrames });
  const snapshot = Snapshot.fromTraces([deep([['node:fs', 1]], 3), deep([['node:fs', 1]], 1), deep([['app.js', 1]], 9)]);
  expect(cutBeforeOwn(snapshot)).toBe(30);
});
