import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ask } from '../../helpers/ask.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { hasProgram, outputOf } from '../../helpers/foreign-programs.js';
import { repoPath } from '../../helpers/paths.js';
import { startServing } from '../../helpers/serving.js';
import {
  outputOf as collect,
  reapLater,
  reapTargets,
  startTarget,
  type TargetProcess,
  temporaryFolder,
  waitForText,
} from '../../helpers/target-process.js';

const withGo = hasProgram('go', ['version'], 'whether go tool pprof fetches what we serve') ? describe : describe.skip;
const withPrometheus = hasProgram('prometheus', ['--version'], 'whether Prometheus scrapes our metrics') ? it : it.skip;
const withPromtool = hasProgram('promtool', ['--version'], 'whether promtool finds fault with our metrics') ? it : it.skip;

/** Each call of grow(n) keeps n blocks of this size, all allocated by `make`. */
const BLOCK_BYTES = 152;
/** On some versions, what V8 keeps for a function that runs often counts as the function's. This is its share. */
const MORE = 0.01;
const TOKEN = 'a-token-of-the-tests';

afterEach(reapTargets);

function started(program: 'growing.cjs' | 'service.cjs'): Promise<TargetProcess> {
  return startTarget({
    execPath: process.execPath,
    file: repoPath(`fixtures/programs/${program}`),
    execArgv: ['--max-inlined-bytecode-size=0'],
    ready: true,
  });
}

function expectAbout(value: number, expected: number): void {
  expect(value).toBeGreaterThanOrEqual(expected);
  expect(value).toBeLessThan(expected * (1 + MORE));
}

/** The flat value that `-top` prints for a function. */
function flatOf(name: string, top: string): number {
  return Number(new RegExp(`^ *(\\d+)B? .* ${name}$`, 'm').exec(top)?.[1]);
}

withGo('go tool pprof http://…', () => {
  const pprof = (...args: readonly string[]) => outputOf('env', [`PPROF_TMPDIR=${temporaryFolder()}`, 'go', 'tool', 'pprof', ...args]);

  it('fetches and shows live memory (long)', async () => {
    const target = await started('growing.cjs');
    const { url } = await startServing(target.port, ['--interval', '1']);
    await evaluateIn(target.port, 'grow(20_000)');
    const text = pprof('-top', '-unit=B', `${url}/debug/pprof/heap`);
    expect(text).toContain('Type: inuse_space');
    expectAbout(flatOf('make', text), 20_000 * BLOCK_BYTES);
    const blocks = pprof('-top', '-sample_index=inuse_objects', `${url}/debug/pprof/allocs`);
    expectAbout(flatOf('make', blocks), 20_000);
  });

  it('fetches the change over some seconds (long)', async () => {
    const target = await started('service.cjs'); // keeps 100 blocks more every 5 ms
    const { url } = await startServing(target.port, ['--interval', '1']);
    const [before, change] = [`${url}/debug/pprof/heap`, `${url}/debug/pprof/heap?seconds=2`].map((from) => pprof('-top', '-unit=B', from));
    expect(flatOf('serve', before!)).toBeGreaterThan(0);
    expect(flatOf('serve', change!)).toBeGreaterThan(1_000 * BLOCK_BYTES);
    expect(change).toMatch(/^Duration: \d+(\.\d+)?s, Total samples = \d+B/m);
  });

  it('prints the reason of a refusal', async () => {
    const target = await started('growing.cjs');
    const { url } = await startServing(target.port);
    expect(() => pprof('-top', `${url}/debug/pprof/heap?seconds=301`)).toThrow(
      '400 Bad Request - seconds must be a whole number from 1 to 300',
    );
  });
});

withPromtool('promtool finds no fault with the metrics', async () => {
  const target = await started('growing.cjs');
  const { url } = await startServing(target.port);
  const { text } = await ask(`${url}/metrics`);
  expect(outputOf('promtool', ['check', 'metrics'], Buffer.from(text))).toBe('');
});

withPrometheus('Prometheus scrapes the metrics with a token (long)', async () => {
  const target = await started('growing.cjs');
  const folder = temporaryFolder();
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, TOKEN);
  const { url } = await startServing(target.port, ['--interval', '1', '--token-file', tokenFile]);
  await evaluateIn(target.port, 'grow(20_000)');
  const api = await startPrometheus(folder, { scraped: new URL(url).host, tokenFile });
  expect(await firstValue(api, 'up')).toBe(1);
  expect(await firstValue(api, 'tracemalloc_up')).toBe(1);
  expect(await firstValue(api, 'tracemalloc_traced_bytes{domain="0"}')).toBeGreaterThan(20_000 * BLOCK_BYTES);
  expect(await firstValue(api, 'tracemalloc_snapshot_duration_seconds_count')).toBeGreaterThan(0);
  const { text } = await ask(`${api}/api/v1/metadata?metric=tracemalloc_traced_bytes`);
  expect(JSON.parse(text).data.tracemalloc_traced_bytes[0]).toMatchObject({ type: 'gauge', unit: 'bytes' }); // so it was read as OpenMetrics
});

interface Scraping {
  readonly scraped: string;
  readonly tokenFile: string;
}

/** @returns the URL of its API */
async function startPrometheus(folder: string, { scraped, tokenFile }: Scraping): Promise<string> {
  const config = join(folder, 'prometheus.yml');
  const job = {
    job_name: 'node',
    scrape_interval: '1s',
    authorization: { credentials_file: tokenFile },
    static_configs: [{ targets: [scraped] }],
  };
  writeFileSync(config, JSON.stringify({ scrape_configs: [job] })); // JSON is YAML
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--web.listen-address=127.0.0.1:0'];
  const child = spawn('prometheus', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  reapLater(() => {
    child.kill('SIGKILL');
    return exited;
  });
  return `http://${await waitForText(child, { name: 'stderr', pattern: /msg="Listening on" address=(\S+)/, output: collect(child) })}`;
}

/** The value of a series, as soon as there is one. */
async function firstValue(api: string, query: string): Promise<number> {
  for (;;) {
    const reply = await ask(`${api}/api/v1/query?query=${encodeURIComponent(query)}`);
    const value = reply.status === 200 ? JSON.parse(reply.text).data.result[0]?.value[1] : undefined; // 503 until it is ready
    if (value !== undefined) return Number(value);
    await sleep(100);
  }
}
