import { traceVariance, unseenVariance } from '../../src/snapshot/statistics/sampling-error.js';
import { ClickHouseStore } from '../../src/store/clickhouse/clickhouse-store.js';
import { initStore } from '../../src/store/clickhouse/init-store.js';
import { type ClickHouseServer, provideClickHouse, startClickHouse } from '../helpers/clickhouse-server.js';
import { everythingOf } from '../helpers/fleet-questions.js';
import { INTERVAL, simulateService } from '../helpers/fleet-simulation.js';
import { reapTargets } from '../helpers/target-process.js';
import { printTable, processorSeconds, timed } from './measure.js';

const PROCESSES = 200;
const STACKS = 2000;
const STACKS_A_LINE = 4;
const BLOCKS = 512;
const MINUTE = 60_000;
/** Lines that leak on release 2.1, and samples a minute and stack. */
const LEAKS: ReadonlyMap<number, number> = new Map([
  [17, 0.3],
  [170, 0.6],
  [400, 1.2],
]);
const ROUNDS = 3;

const QUESTION = everythingOf('api');

/**
 * Questions to ClickHouse on as many rows as `BENCH_ROWS` says (default 1e6,1e7), for example 1e8. The rows are made in the engine by the law of the sampler:
 * 200 processes of two releases with 2,000 stacks each and a profile a minute. Also prints how quickly our client pushes.
 */
export async function benchFleetClickHouse(): Promise<void> {
  const packages = await provideClickHouse();
  if (packages === null) return;
  for (const rows of (process.env.BENCH_ROWS ?? '1e6,1e7').split(',').map(Number)) {
    const server = await startClickHouse(packages, { CLICKHOUSE_ARGUMENTS: '--max_threads=2 --max_server_memory_usage=8000000000' });
    await benchRows(server, rows);
    await server.close();
  }
  await reapTargets();
}

async function benchRows(server: ClickHouseServer, rows: number): Promise<void> {
  const url = `${server.url}/fleet`;
  await initStore(url, { cluster: null, env: {} });
  const profiles = Math.max(3, Math.round(rows / PROCESSES / STACKS));
  const making = await timed(() => makeRows(server, profiles));
  const [samples, bytes] = await sizeOf(server);
  console.log(
    `\n${samples.toExponential(2)} samples of ${PROCESSES} processes with ${profiles} profiles, made in ${(making / 1000).toFixed(0)} s: ${(bytes / samples).toFixed(2)} bytes a sample on disk`,
  );
  const store = await ClickHouseStore.open(url, { env: {}, timeoutMs: 600_000 });
  const leaks = { ...QUESTION, releases: [] };
  const asked: Record<string, () => Promise<unknown>> = {
    stats: () => store.stats(QUESTION),
    'stats by traceback': () => store.stats({ ...QUESTION, keyType: 'traceback' }),
    'stats, cumulative': () => store.stats({ ...QUESTION, cumulative: true }),
    diff: () => store.diff({ ...QUESTION, release: '2.1', against: '2.0' }),
    leaks: () => store.leaks(leaks),
    'leaks by traceback': () => store.leaks({ ...leaks, keyType: 'traceback' }),
    'leaks of the last hour': () => store.leaks({ ...leaks, from: new Date(endOf(profiles) - 60 * MINUTE) }),
    history: () => store.history(leaks),
    export: () => store.merged(QUESTION),
  };
  const table = [['question', 'seconds', 'of processor']];
  for (const [name, ask] of Object.entries(asked)) {
    const [seconds, busy] = await quickest(server, ask);
    table.push([name, seconds.toFixed(2), busy.toFixed(2)]);
  }
  printTable(table);
  const { growth } = await store.leaks(leaks);
  const found = growth.filter(({ verdict }) => verdict === 'leaks').map(({ release, traceback }) => `${release} ${traceback}`);
  console.log(`leaks: ${found.sort().join(', ') || 'none'}; planted: 2.1, lines ${[...LEAKS.keys()].join(', ')}`);
  await benchPush(store);
  await store.close();
}

/** Wall clock and time of the server's processor, in s, of the quickest of several rounds. */
async function quickest(server: ClickHouseServer, ask: () => Promise<unknown>): Promise<[number, number]> {
  const rounds: [number, number][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = processorSeconds(server.pid);
    const ms = await timed(ask);
    rounds.push([ms / 1000, processorSeconds(server.pid) - before]);
  }
  return [Math.min(...rounds.map(([seconds]) => seconds)), Math.min(...rounds.map(([, busy]) => busy))];
}

async function benchPush(store: ClickHouseStore): Promise<void> {
  const profiles = [
    ...simulateService({
      service: 'pushed',
      seed: 1,
      startMs: Date.now() - 60 * MINUTE,
      profiles: 5,
      everyMs: 10 * MINUTE,
      stacks: STACKS_A_LINE,
      depth: 20,
      releases: [{ release: '1', processes: 20, lines: Array.from({ length: 500 }, () => ({ kind: 'turnover', samples: 8, hours: 1 })) }],
    }),
  ];
  const ms = await timed(() => store.push(profiles));
  const { statistics } = await store.stats({ ...QUESTION, service: 'pushed', keyType: 'traceback' });
  const rows = (statistics.reduce((sum, { processes }) => sum + processes, 0) / 20) * profiles.length;
  console.log(
    `pushed ${profiles.length} profiles, some ${Math.round(rows)} rows, in ${(ms / 1000).toFixed(1)} s: ${Math.round((1000 * rows) / ms)} rows a second`,
  );
}

async function sql(server: ClickHouseServer, text: string): Promise<string> {
  const headers = { authorization: `Basic ${Buffer.from('default:').toString('base64')}` };
  const answer = await fetch(`${server.url}/?database=fleet`, { method: 'POST', body: text, headers });
  if (!answer.ok) throw new Error(await answer.text());
  return await answer.text();
}

async function sizeOf(server: ClickHouseServer): Promise<[rows: number, bytes: number]> {
  const rows = Number(await sql(server, 'SELECT sum(length(pushes)) FROM tracemalloc_samples'));
  const bytes = Number(await sql(server, "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'tracemalloc_samples'"));
  return [rows, bytes];
}

/** In seconds; the beginning of an hour, such that all profiles are of the last days. */
function startOf(profiles: number): number {
  return Math.floor((Date.now() - profiles * MINUTE) / (60 * MINUTE)) * 3600;
}

function endOf(profiles: number): number {
  return startOf(profiles) * 1000 + profiles * MINUTE;
}

/** A fifth of the processes starts again in the middle. Of each stack some samples are alive, each for a time of its own. */
async function makeRows(server: ClickHouseServer, profiles: number): Promise<void> {
  const start = startOf(profiles);
  const restart = profiles >> 1;
  const tracing = (n: string) => `cityHash64(p, p % 5 = 0 AND ${n} >= ${restart})`;
  const stack = (k: string) => `reinterpretAsUInt128(sipHash128(toUInt64(${k})))`;
  const callers = (of: (at: string) => string) => `arrayMap(at -> ${of('at')}, range(${20 - 1}))`;
  await sql(
    server,
    `INSERT INTO tracemalloc_stacks (service, release, hash, files, lines, columns, functions, true_lines, packages, own, total_frames)
SELECT 'api', release, ${stack('k')}, arrayWithConstant(20, '/app/service.js'), arrayPushBack(${callers((at) => `10000 + 100 * ${at} + (k % ${STACKS_A_LINE} + ${at}) % 7`)}, intDiv(k, ${STACKS_A_LINE}) + 1),
  arrayWithConstant(20, 3), arrayPushBack(${callers((at) => `concat('caller', toString(${at}))`)}, concat('f', toString(intDiv(k, ${STACKS_A_LINE})))), arrayWithConstant(20, 1), arrayWithConstant(20, '<program>'), arrayWithConstant(20, 1), 20
FROM (SELECT number AS k, arrayJoin(['2.0', '2.1']) AS release FROM numbers(${STACKS}))`,
  );
  await sql(
    server,
    `INSERT INTO tracemalloc_profiles (service, release, host, pid, tracing, push, id, hourly, mode, precision, interval, traceback_limit, unseen, size, time)
SELECT 'api', if(p % 2 = 0, '2.0', '2.1'), concat('host-', toString(intDiv(p, 4))), 1000 + p, ${tracing('n')}, cityHash64(p, n), reinterpretAsUInt128(sipHash128(p, n)), n % 60 = 0,
  'sampling', 'line', ${INTERVAL}, 64, ${unseenVariance({ interval: INTERVAL } as never)}, 0, fromUnixTimestamp64Milli(toInt64(1000 * (${start} + 60 * n) + 200 * p))
FROM (SELECT intDiv(number, ${profiles}) AS p, number % ${profiles} AS n FROM numbers(${PROCESSES * profiles}))`,
  );
  const leak = [...LEAKS].map(([line, rate]) => `line = ${line}, ${rate}`).join(', ');
  const lasting = `length(arrayFilter(slot -> cityHash64(p, k, slot, intDiv(n + cityHash64(k, slot) % 500, 20 * (slot + 1))) % 10 < 6, range(1 + k % 8)))`;
  const cached = 'toUInt64(round(20 * (1 - exp(-age / 10.))))';
  const leaked = `toUInt64(floor(multiIf(${leak}, 0) * age * (0.5 + p % 11 / 10.) + cityHash64(p, k) % 3 + cityHash64(p, k, n) % 2))`;
  const samples = `multiIf(line IN (${[...LEAKS.keys()].join(', ')}) AND p % 2 = 1, ${leaked}, line % 50 = 8, ${cached}, ${lasting})`;
  for (let from = 0; from < profiles; from += 60) {
    await sql(
      server,
      `INSERT INTO tracemalloc_samples SELECT 'api', ${start + 60 * from} AS hour, tracing, ${stack('k')}, 'main', 0, '', '', n % 60 = 0 AS hourly,
  groupArray(cityHash64(p, n)), groupArray(toFloat64(samples * ${INTERVAL})), groupArray(samples * ${BLOCKS}), groupArray(toFloat32(samples * ${traceVariance(INTERVAL, BLOCKS, INTERVAL)}))
FROM (
  SELECT p, k, n, ${tracing('n')} AS tracing, intDiv(k, ${STACKS_A_LINE}) + 1 AS line, if(p % 5 = 0 AND n >= ${restart}, n - ${restart}, n) AS age, ${samples} AS samples
  FROM (SELECT intDiv(number, ${60 * STACKS}) AS p, intDiv(number, 60) % ${STACKS} AS k, ${from} + number % 60 AS n FROM numbers(${PROCESSES * STACKS * 60}))
  WHERE n < ${profiles}
)
WHERE samples > 0
GROUP BY p, k, tracing, hourly`,
    );
  }
}
