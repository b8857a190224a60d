import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { createInterface } from 'node:readline';
import { repoPath } from '../helpers/paths.js';

const CONCURRENCY = 20;

export interface Service {
  readonly child: ChildProcess;
  readonly inspectorUrl: string;
  /** The port of its HTTP server. */
  readonly port: string;
}

/** A service that leaks, with an open inspector. */
export async function startService(): Promise<Service> {
  const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', 'fixtures/programs/leaky-server.cjs'], {
    cwd: repoPath(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const [inspectorUrl, port] = await Promise.all([addressOf(child.stderr, /ws:\/\/\S+/), addressOf(child.stdout, /(?<=ready )\d+/)]);
    return { child, inspectorUrl, port };
  } catch (error) {
    child.kill();
    throw error;
  }
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

/** Sends visitors to the service, numbered from `from` on. Each comes once. */
export async function visit({ port }: Service, from: number, visitors: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  let next = from;
  const visitor = async () => {
    while (next < from + visitors) {
      const [response] = await once(get({ port, host: '127.0.0.1', path: `/?visitor=${next++}`, agent }), 'response');
      response.resume();
      await once(response, 'end');
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, visitor));
  agent.destroy();
}
