import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { createInterface } from 'node:readline';
import { attach, type Snapshot } from '../../src/index.js';
import { repoPath } from '../helpers/paths.js';

const REQUESTS = 3000;
const CONCURRENCY = 20;

/** Starts a service that leaks, sends it visitors, and shows what a user of the library sees. */
const server = spawn(process.execPath, ['--inspect=127.0.0.1:0', repoPath('fixtures/programs/leaky-server.cjs')], {
  stdio: ['ignore', 'pipe', 'pipe'],
});
try {
  const [inspectorUrl, port] = await Promise.all([addressOf(server.stderr, /ws:\/\/\S+/), addressOf(server.stdout, /(?<=ready )\d+/)]);
  console.log(`A service runs as pid ${server.pid}. Attaching to its inspector, then sending it visitors.\n`);
  const tracer = await attach(inspectorUrl);
  await tracer.start({ nframe: 10, interval: 64, lines: true });

  await visit(port, 0);
  const before = await tracer.takeSnapshot();
  console.log(`After ${REQUESTS} visitors, the ten lines that hold the most memory:`);
  print(before);

  await visit(port, REQUESTS);
  const after = await tracer.takeSnapshot();
  console.log(`\n${REQUESTS} visitors later, what grew:`);
  for (const diff of after.compareTo(before, 'lineno').slice(0, 10)) console.log(`  ${diff}`);
  await tracer.close();
} finally {
  server.kill();
}

function print(snapshot: Snapshot): void {
  for (const statistic of snapshot.statistics('lineno').slice(0, 10)) console.log(`  ${statistic}`);
}

async function addressOf(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  for await (const line of createInterface(stream)) {
    const found = pattern.exec(line);
    if (found) {
      stream.resume();
      return found[0];
    }
  }
  throw new Error('the service ended before it was ready');
}

/** Every visitor comes once. */
async function visit(port: string, from: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  let next = from;
  const visitor = async () => {
    while (next < from + REQUESTS) {
      const [response] = await once(get({ port, host: '127.0.0.1', path: `/?visitor=${next++}`, agent }), 'response');
      response.resume();
      await once(response, 'end');
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, visitor));
  agent.destroy();
}
