import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { attach, Series, type Snapshot } from '../../../src/index.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { startTarget } from '../../helpers/target-process.js';
import { printTable } from '../measure.js';

const SERVICE = repoPath('fixtures/programs/small-service.cjs');
const FRAMEWORKS = ['http', 'express', 'koa', 'fastify'];
const HEALTHY = ['none', 'json', 'html', 'lru', 'pages', 'pool', 'zlib', 'errors', 'shapes', 'timers', 'promises', 'store'];
const LEAKS = ['array', 'map', 'texts', 'listeners', 'closures', 'promises', 'mixed', 'buffers'].map((name) => `leak-${name}`);
/** Caches that are still filling: they look like a leak until they are full. */
const FILLING: Readonly<Record<string, number>> = { lru: 200, pages: 150 };
const REQUESTS = [1, 20, 200];
/** A verdict after six rounds, and after twelve. */
const ROUNDS = [6, 12];
const CONCURRENCY = 10;

interface Service {
  readonly execPath: string;
  readonly framework: string;
  readonly work: string;
  /** In each round. */
  readonly requests: number;
  readonly NODE_PATH: string;
}

/** How often the verdict on a service is wrong, in exact mode with true lines, by line and by own line. */
export async function benchServices(): Promise<void> {
  const NODE_PATH = join(await providePackages('corpus'), 'node_modules');
  const rows: string[][] = [];
  const said: string[] = [];
  for (const requests of REQUESTS) {
    const counts = ROUNDS.map(() => ({ healthy: 0, alarms: 0, leaks: 0, found: 0 }));
    for (const { major, execPath } of nodeBinaries()) {
      for (const [i, work] of [...HEALTHY, ...LEAKS].entries()) {
        const framework = FRAMEWORKS[i % FRAMEWORKS.length]!;
        const snapshots = await roundsOf({ execPath, framework, work, requests, NODE_PATH });
        for (const [j, rounds] of ROUNDS.entries()) {
          if (requests * rounds <= (FILLING[work] ?? 0)) continue;
          const leaking = leaksOf(snapshots.slice(0, rounds));
          const count = counts[j]!;
          if (HEALTHY.includes(work)) {
            count.healthy++;
            if (leaking.length > 0) count.alarms++;
            said.push(...leaking.map((place) => `${framework} ${work}, ${requests} requests, ${rounds} rounds, Node ${major}: ${place}`));
          } else {
            count.leaks++;
            if (leaking.some((place) => place.includes(SERVICE))) count.found++;
            else said.push(`${framework} ${work}, ${requests} requests, ${rounds} rounds, Node ${major}: not found`);
          }
        }
      }
    }
    for (const [j, { healthy, alarms, leaks, found }] of counts.entries())
      rows.push([`${requests} requests, ${ROUNDS[j]} rounds`, `${alarms} of ${healthy}`, `${found} of ${leaks}`]);
  }
  printTable([['a round has', 'healthy services called leaking', 'leaks found'], ...rows]);
  for (const line of said) console.log(line);
}

/** The places that are called leaks. */
function leaksOf(snapshots: readonly Snapshot[]): string[] {
  const series = Series.of(snapshots);
  const growth = (['lineno', 'own'] as const).flatMap((key) => series.growth(key));
  return [...new Set(growth.filter(({ verdict }) => verdict === 'leaks').map(({ traceback }) => String(traceback.at(-1))))];
}

async function roundsOf({ execPath, framework, work, requests, NODE_PATH }: Service): Promise<Snapshot[]> {
  const target = await startTarget({ execPath, file: SERVICE, args: [framework, work], env: { NODE_PATH }, ready: true });
  const port = /port (\d+)/.exec(target.stdout())![1]!;
  const tracer = await attach(target.url);
  try {
    await tracer.start({ nframe: 25, mode: 'exact', lines: true });
    const snapshots: Snapshot[] = [];
    for (let round = 0; round < Math.max(...ROUNDS); round++) {
      await load(port, requests);
      snapshots.push(await tracer.takeSnapshot());
    }
    return snapshots;
  } finally {
    await tracer.close();
    await target.kill();
  }
}

/** Sends requests, over connections of its own, as each run of a load generator does. */
export async function load(port: string, requests: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  let next = 0;
  const send = async () => {
    while (next++ < requests) {
      await new Promise((resolve, reject) => {
        get({ port, host: '127.0.0.1', agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
      });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, send));
  agent.destroy();
}
