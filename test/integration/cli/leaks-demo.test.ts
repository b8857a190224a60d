import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startCommand } from '../../helpers/command.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { enterTemporaryFolder, reapTargets, startTarget } from '../../helpers/target-process.js';

/** The server of `npm run demo`. */
const SERVER = repoPath('fixtures/programs/leaky-server.cjs');
/** The lines that make what it keeps of every visitor. V8 of Node 26 also copies the visitor's name, a Map's key, on line 27 (24 bytes a visitor). */
const leaksOn = (major: number) => (major >= 26 ? [13, 17, 27] : [13, 17]);

const READY = /ready (\d+)/;

/** Sends 200 new visitors to the server as soon as the file `port` exists. */
const ROUND = `const { existsSync, readFileSync } = require('node:fs');
const { Agent, get } = require('node:http');
const agent = new Agent({ keepAlive: true, maxSockets: 10 });
let next = 0;
const visit = (port) => {
  if (next === 200) return;
  const visitor = process.pid * 1000 + next++;
  get({ port, host: '127.0.0.1', path: '/?visitor=' + visitor, agent }, (response) => response.resume().on('end', () => visit(port)));
};
(function wait() {
  if (!existsSync('port')) return setTimeout(wait, 10);
  for (let i = 0; i < 10; i++) visit(readFileSync('port', 'utf8'));
})();`;

let cwd = '';
beforeEach(() => {
  cwd = enterTemporaryFolder();
  writeFileSync(join(cwd, 'round.cjs'), ROUND);
});
afterEach(reapTargets);

const leaks = (...words: readonly string[]) =>
  startCommand(['leaks', '--mode', 'exact', '--lines', '--include', SERVER, '--each', `"${process.execPath}" round.cjs`, ...words], {
    cwd,
  });

/** The lines of the sentences below the table. */
const named = (text: string) => [...text.matchAll(/leaky-server\.cjs:(\d+).* keeps /g)].map(([, line]) => Number(line)).sort();

describe.each(nodeBinaries())('the server of the demo on Node $major', ({ execPath, major }) => {
  it('leaks where it keeps its visitors, and nowhere else, if it is started (long)', async () => {
    const command = leaks('--node', execPath, '--', SERVER);
    writeFileSync('port', await command.waitFor('stdout', READY));
    const { code, stderr } = await command.exited;
    expect([code, named(stderr)]).toEqual([3, leaksOn(major)]);
  });

  it('leaks where it keeps its visitors, and nowhere else, if it runs already (full)', async () => {
    const server = await startTarget({ execPath, file: SERVER, ready: READY });
    writeFileSync('port', READY.exec(server.stdout())![1]!);
    const { code, stdout } = await leaks('--port', `${server.port}`).exited;
    expect([code, named(stdout)]).toEqual([3, leaksOn(major)]);
    expect((await server.kill()).signal).toBe('SIGKILL'); // it lived on
  });
});
