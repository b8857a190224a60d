import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { runCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { enterTemporaryFolder, reapTargets } from '../../helpers/target-process.js';

afterEach(reapTargets);

/** All routes work in the same lines. Only `/users/…` keeps what they make. */
const SERVER = `const http = require('node:http');
const kept = [];
async function work() {
  await null;
  return Array.from({ length: 2000 }, (_, i) => ({ entry: i }));
}
http.createServer(async (request, response) => {
  const made = await work();
  if (request.url.startsWith('/users/')) kept.push(made);
  response.end();
}).listen('server.sock');`;

/** A round: a request to each route, as soon as the server listens. */
const CLIENT = `const http = require('node:http');
const paths = ['/users/' + process.pid, '/health', '/search?q=' + process.pid];
function next() {
  const path = paths[0];
  if (path === undefined) return;
  const options = { socketPath: 'server.sock', path, agent: false };
  http.get(options, (response) => response.resume().on('end', () => { paths.shift(); next(); })).on('error', () => setTimeout(next, 10));
}
next();`;

it.each(oldestAndNewest())('leaks names the route that leaks (long), Node $major', async ({ execPath }) => {
  const cwd = enterTemporaryFolder();
  writeFileSync(join(cwd, 'server.cjs'), SERVER);
  writeFileSync(join(cwd, 'client.cjs'), CLIENT);
  const tracing = ['--mode', 'exact', '--label', 'requests', '--group-by', 'label'];
  const each = `"${process.execPath}" client.cjs`;
  const { code, stderr } = await runCommand(['leaks', ...tracing, '--node', execPath, '--each', each, '--', 'server.cjs']);
  expect(stderr).toMatch(/^ +leaks +\+[\d.]+ KiB .* GET \/users\/:id$/m);
  expect(stderr).toMatch(/^GET \/users\/:id keeps [\d.]+ KiB of every round: of 4 rounds, 4 left something that was not freed$/m);
  expect(stderr).not.toMatch(/leaks .*GET \/(health|search)/);
  expect(code).toBe(3);
});
