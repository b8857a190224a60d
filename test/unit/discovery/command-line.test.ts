import { describe, expect, test } from '@jest/globals';
import { parseCommandLine } from '../../../src/discovery/command-line.js';

const LOADER = 'file:///app/node_modules/tsx/dist/loader.mjs';

describe('a script', () => {
  test.each<[string[], string, string[]]>([
    [['node', 'app.js'], 'app.js', []],
    [['/usr/bin/node-20', 'dist/main', '--port', '80'], 'dist/main', ['--port', '80']],
    [['node', '--require', '/app/node_modules/tsx/dist/preflight.cjs', '--import', LOADER, 'src/server.ts'], 'src/server.ts', []],
    [['node', `--import=${LOADER}`, '--max-old-space-size=4096', '-r', 'dotenv/config', 'src/server.ts', 'a'], 'src/server.ts', ['a']],
    [['node', '--inspect=127.0.0.1:0', '--max_http_header_size', '9000', 'app.js'], 'app.js', []],
    [['node', '--enable-source-maps', '--', 'app.js', '-r'], 'app.js', ['-r']],
    [['node', '.'], '.', []],
    [['MainThread', '--no-warnings', 'app.js'], 'app.js', []],
    [['node /srv/app.js'], '/srv/app.js', []], // a title of pm2
  ])('%j', (argv, script, args) => {
    expect(parseCommandLine(argv)).toEqual({ script, args, launcher: null, title: [script, ...args].join(' ') });
  });
});

describe('no script', () => {
  test.each<[string[], string]>([
    [['node'], 'node'],
    [['node', '--input-type=module', '-e', 'await 1', 'a'], 'node -e await 1 a'],
    [['node', '--no-warnings', '--eval=1', 'a'], 'node --eval=1 a'],
    [['node', '-p', 'process.pid'], 'node -p process.pid'],
    [['node', '-'], 'node -'],
    [['node', '--interactive'], 'node --interactive'],
    [['my app: idle'], 'my app: idle'],
    [[], ''],
  ])('%j', (argv, title) => {
    expect(parseCommandLine(argv)).toMatchObject({ script: null, launcher: null, title });
  });
});

describe('what only starts a program', () => {
  test.each<[string[], string, string]>([
    [['npm exec tsx src/server.ts'], 'npm', 'npm exec tsx src/server.ts'],
    [['npm start'], 'npm', 'npm start'],
    [['node', '/usr/bin/npx', 'tsx', 'src/server.ts'], 'npx', 'npx tsx src/server.ts'],
    [['node', '/usr/lib/node_modules/npm/bin/npm-cli.js', 'run', 'dev'], 'npm', 'npm run dev'],
    [['node', '/home/a/.cache/pnpm.cjs', 'dev'], 'pnpm', 'pnpm dev'],
    [['/usr/bin/node', '/app/.yarn/releases/yarn-4.1.0.cjs', 'start'], 'yarn', 'yarn start'],
    [['node', '--watch', 'app.js', 'a'], 'node --watch', 'node --watch app.js a'],
    [['node', '--watch-path', 'src', '--no-warnings', 'app.js'], 'node --watch-path', 'node --watch-path src --no-warnings app.js'],
    [['node', '--test', 'a.test.js'], 'node --test', 'node --test a.test.js'],
    [['node', '--run', 'dev'], 'node --run', 'node --run dev'],
    [['node', 'inspect', 'app.js'], 'node inspect', 'node inspect app.js'],
  ])('%j', (argv, launcher, title) => {
    expect(parseCommandLine(argv)).toMatchObject({ launcher, title });
  });

  test.each(['npm-check.js', 'npm/server.js', 'src/yarn.ts'])('but not %s', (script) => {
    expect(parseCommandLine(['node', script]).launcher).toBeNull();
  });
});
