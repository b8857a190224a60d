import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame } from '../../../src/model/frame.js';
import type { Traceback } from '../../../src/model/traceback.js';
import { DomainFilter, Filter, LabelFilter, ThreadFilter } from '../../../src/snapshot/filter.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { KEY_TYPES, type KeyType } from '../../../src/snapshot/statistics/key-type.js';
import { ClickHouseStore } from '../../../src/store/clickhouse/clickhouse-store.js';
import { initStore } from '../../../src/store/clickhouse/init-store.js';
import { FolderStore } from '../../../src/store/folder/folder-store.js';
import type { Identity, Profile, Store } from '../../../src/store/store.js';
import { compilePattern, patternToRe2 } from '../../../src/text/fnmatch.js';
import { provideClickHouse, startClickHouse } from '../../helpers/clickhouse-server.js';
import { everythingOf } from '../../helpers/fleet-questions.js';
import { simulateService } from '../../helpers/fleet-simulation.js';
import { HOSTILE_NAMES, hostileTraces } from '../../helpers/hostile-traces.js';
import { repoPath } from '../../helpers/paths.js';
import { randomSnapshot } from '../../helpers/random-snapshot.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

const MINUTE = 60_000;
/** Profiles of last week lose their detail, and older ones are removed. The middle of an hour, so that tracings cross hours. */
const START = Math.floor(Date.now() / (60 * MINUTE)) * 60 * MINUTE - 5.5 * 60 * MINUTE;

const packages = await provideClickHouse();

(packages === null ? describe.skip : describe)('a folder and ClickHouse', () => {
  let folder: Store;
  let clickHouse: Store;
  let server: string;
  beforeAll(async () => {
    ({ url: server } = await startClickHouse(packages!));
    await initStore(`${server}/fleet`, { cluster: null, env: {} });
    folder = new FolderStore(temporaryFolder());
    clickHouse = await ClickHouseStore.open(`${server}/fleet`, { env: {} });
    for (const profiles of [randomProfiles(), hostileProfiles(), simulatedProfiles()]) {
      await folder.push(profiles);
      await clickHouse.push(profiles);
      await clickHouse.push(profiles); // counts once
    }
  });
  afterAll(async () => {
    await clickHouse?.close();
    await reapTargets();
  });

  const keys: readonly (readonly [KeyType, boolean])[] = [
    ...KEY_TYPES.map((key) => [key, false] as const),
    ...(['filename', 'lineno', 'function', 'package', 'own', 'label'] as const).map((key) => [key, true] as const),
  ];
  /** Each of the others takes a second, and asks with the same SQL but for the key. */
  const isShort = ([keyType, cumulative]: (typeof keys)[number]) => keyType === (cumulative ? 'own' : 'lineno');
  it.each(keys.map((key) => [...key, isShort(key) ? '' : '(long)'] as const))(
    'group alike by %s, cumulative %s %s',
    async (keyType, cumulative) => {
      const question = { ...everythingOf('random'), keyType, cumulative };
      await sameAnswers((store) => store.stats(question), statisticOf);
      // releases are matched by the names of functions: see nameOf
      const service = keyType === 'traceback' ? 'simulated' : 'random';
      await sameAnswers((store) => store.diff({ ...question, service, release: '2.1', against: '2.0' }), statisticOf);
      await sameAnswers((store) => store.leaks({ ...question, releases: [] }), statisticOf);
    },
  );

  it.each([
    ['an inclusive file (long)', [[new Filter(true, '*/a.js')]]],
    ['an exclusive file and line of any frame (long)', [[new Filter(false, '*node_modules*', { lineno: 3, allFrames: true })]]],
    ['a file of one domain (long)', [[new Filter(true, '/app/[ab].js', { domain: 1 })]]],
    ['a file that only one domain loses', [[new Filter(false, '*', { domain: 0 })]]],
    ['a domain (long)', [[new DomainFilter(true, 1)]]],
    ['threads and labels (long)', [[new ThreadFilter(false, 'worker ?'), new LabelFilter(true, '*users*')]]],
    ['two lists', [[new Filter(true, '/app/*')], [new LabelFilter(true, '(none)'), new DomainFilter(false, 1)]]],
  ])('filter alike by %s', async (_name, filters) => {
    for (const keyType of ['filename', 'thread'] as const) {
      const question = { ...everythingOf('random'), filters, keyType };
      await sameAnswers((store) => store.stats(question), statisticOf);
      await sameAnswers((store) => store.leaks({ ...question, releases: ['2.0'] }), statisticOf);
    }
  });

  it('choose profiles alike by time, host, release and attributes', async () => {
    const question = everythingOf('random');
    const chosen = [
      { from: new Date(START + 40 * MINUTE) },
      { to: new Date(START + 90 * MINUTE) },
      { from: new Date(START + 45 * MINUTE), to: new Date(START + 100 * MINUTE) },
      { host: 'host-[!0]' },
      { release: '2.1' },
      { attributes: { 'k8s.pod.name': 'pod-1' } },
    ];
    for (const part of chosen) {
      await sameAnswers((store) => store.stats({ ...question, ...part }), statisticOf);
      if ('from' in part || 'to' in part) await sameAnswers((store) => store.leaks({ ...question, ...part, releases: [] }), statisticOf);
    }
    const answers = await both((store) => store.stats({ ...question, attributes: { 'no.such': '' } }));
    expect(answers.map(({ processes }) => processes)).toEqual([0, 0]);
  });

  it('merge alike', async () => {
    for (const service of ['random', 'hostile']) {
      const [one, other] = await both((store) => store.merged(everythingOf(service)));
      expect(other.processes).toBe(one.processes);
      expect(contentOf(other.snapshot)).toEqual(contentOf(one.snapshot));
      expect(other.snapshot.capture).toEqual(one.snapshot.capture);
    }
  });

  it('tell alike what was when', async () => {
    for (const filters of [[], [[new Filter(true, '*/a.js')]]]) {
      const [one, other] = await both((store) => store.history({ ...everythingOf('random'), filters, releases: [] }));
      expect(one.points.length).toBeGreaterThan(5);
      expect(other.points).toEqual(one.points.map((point) => ({ ...point, size: close(point.size) })));
    }
  });

  it('find the same leaks (long)', async () => {
    const question = { ...everythingOf('simulated'), releases: [] };
    const [one, other] = await both((store) => store.leaks(question));
    const leaks = ({ growth }: typeof one) =>
      growth.filter(({ verdict }) => verdict === 'leaks').map(({ release, traceback }) => [release, traceback.at(0)!.lineno]);
    expect(leaks(one)).toEqual([['2.1', 2]]);
    expect(leaks(other)).toEqual(leaks(one));
  });

  it('take names for what they are, never for SQL', async () => {
    for (const service of HOSTILE_SERVICES) {
      const host = service.replaceAll('[', '[[]').replaceAll('*', '[*]');
      const names = { service, release: service, host, attributes: { [service]: service } };
      const { processes, statistics } = await clickHouse.stats({ ...everythingOf(service), ...names });
      expect({ service, processes, groups: statistics.length }).toEqual({ service, processes: 1, groups: HOSTILE_TRACES.length });
    }
    await sameAnswers((store) => store.stats({ ...everythingOf('hostile'), keyType: 'traceback' }), statisticOf);
    expect(await clickHouse.services()).toEqual(await folder.services());
    expect(await clickHouse.releases('random')).toEqual(['2.0', '2.1']);
  });

  it('match patterns alike', async () => {
    const patterns = [
      '*',
      '?',
      '/app/*.js',
      'a.js',
      '[!x]',
      '[b-a]',
      '[!b-a]',
      '[b-a!-d]',
      '[]]',
      '[',
      '[abc',
      '[a-c]*',
      '*a*b',
      '.+^$()|{}\\\\',
      '',
    ];
    const names = [
      '',
      'a',
      'b',
      'x',
      ']',
      '[',
      '-',
      '[abc',
      'a.js',
      'axjs',
      '/app/deep/er/x.js',
      'a\nb',
      'cab',
      '\u{1f600}',
      '.+^$()|{}\\\\',
      'B',
    ];
    const answers = await sql(
      'SELECT arrayMap(pattern -> arrayMap(name -> match(name, pattern), {names:Array(String)}), {patterns:Array(String)}) FORMAT JSONCompactEachRow',
      { names, patterns: patterns.map(patternToRe2) },
    );
    const expected = patterns.map((pattern) => names.map((name) => Number(compilePattern(pattern)(name))));
    expect(JSON.parse(answers)).toEqual([expected]);
  });

  it('keep what the documentation asks', async () => {
    const page = readFileSync(repoPath('docs/reference/fleet-schema.md'), 'utf8');
    const queries = [...page.matchAll(/^```sql\n([\s\S]*?)^```/gm)]
      .flatMap(([, text]) => text!.split(/;\n/))
      .filter((text) => text.trim() !== '');
    expect(queries.length).toBeGreaterThan(6);
    const start = `toDateTime(${Math.floor(START / 1000)}, 'UTC')`;
    for (const query of queries) {
      const filled = query
        .replaceAll('$service', 'simulated')
        .replaceAll('$__fromTime', start)
        .replaceAll('$__toTime', 'now()')
        .replaceAll('$file', '/app/service.js')
        .replaceAll('$line', '2');
      const rows = (await sql(filled, {})).trim().split('\n');
      if (filled.includes("'simulated'")) expect(rows.length).toBeGreaterThan(20);
    }
  });

  it('offer the nearest names', async () => {
    const messages = await both(async (store) => [
      await messageOf(store.stats(everythingOf('radnom'))),
      await messageOf(store.leaks({ ...everythingOf('random'), releases: ['2.2'] })),
    ]);
    expect(messages[0][0]).toContain('"random"');
    expect(messages[1]).toEqual(messages[0]);
  });

  async function sql(text: string, parameters: Readonly<Record<string, readonly string[]>>): Promise<string> {
    const url = new URL(`${server}/?database=fleet`);
    for (const [name, values] of Object.entries(parameters)) url.searchParams.set(`param_${name}`, arrayText(values));
    const headers = { authorization: `Basic ${Buffer.from('default:').toString('base64')}` };
    const answer = await fetch(url, {
      method: 'POST',
      body: text,
      headers,
    });
    if (!answer.ok) throw new Error(await answer.text());
    return await answer.text();
  }

  async function both<T>(ask: (store: Store) => Promise<T>): Promise<[T, T]> {
    return [await ask(folder), await ask(clickHouse)];
  }

  async function sameAnswers<A extends object>(ask: (store: Store) => Promise<A>, rowOf: (row: Row) => unknown): Promise<void> {
    const [one, other] = await both(ask);
    const [expected, found] = [one, other].map((answer) => {
      const { statistics, growth, ...rest } = answer as { statistics?: Row[]; growth?: Row[]; keyType: KeyType };
      const rows = (statistics ?? growth)!.map((row) => [nameOf(row, rest.keyType), row] as const).sort(([a], [b]) => (a < b ? -1 : 1));
      return { rest, rows };
    });
    expect(expected!.rows.length).toBeGreaterThan(0);
    expect(found!.rest).toEqual(expected!.rest);
    expect(found!.rows.map(([name, row]) => [name, rowOf(row)])).toEqual(expected!.rows.map(([name, row]) => [name, closeRow(rowOf(row))]));
  }
});

function arrayText(values: readonly string[]): string {
  return `[${values.map((value) => `'${value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`).join(',')}]`;
}

type Row = { readonly traceback: Traceback; readonly release?: string };

/** Of stacks with the same lines, those of the one that was seen first name the functions: so only lines are compared. */
function nameOf({ traceback, release = '' }: Row, keyType: KeyType): string {
  const frames = traceback.frames.map(({ filename, lineno, column, functionName }: Frame) => [filename, lineno, column, functionName]);
  return JSON.stringify([release, keyType === 'traceback' ? frames.map((frame) => frame.slice(0, 2)) : frames]);
}

function statisticOf({ traceback: _, ...numbers }: Row): object {
  return numbers;
}

/** Sums of the same numbers in another order differ in their last digits. Variances are stored as 32-bit numbers. */
function close(value: number): number {
  return expect.closeTo(value, 4 - Math.ceil(Math.log10(Math.abs(value) + 1))) as unknown as number;
}

function closeRow(row: unknown): object {
  return Object.fromEntries(Object.entries(row as object).map(([name, value]) => [name, typeof value === 'number' ? close(value) : value]));
}

function contentOf(snapshot: Snapshot): unknown {
  const traces = snapshot.traces.map(({ traceback, ...rest }) => JSON.stringify([{ ...rest, size: Math.round(rest.size) }, traceback]));
  return { limit: snapshot.tracebackLimit, traces: traces.sort() };
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

/** Two releases of three processes each; one process starts again. */
function randomProfiles(): Profile[] {
  return ['2.0', '2.1'].flatMap((release, r) =>
    [0, 1, 2].flatMap((process) =>
      Array.from({ length: 7 }, (_, round): Profile => {
        const tracing = process === 0 && round > 2 ? 'second' : 'first';
        const snapshot = randomSnapshot(10 * r + process, { from: 20 * round + (tracing === 'second' ? 5 : 0), interval: 4096 });
        const offBeat = process * 7_001 + round ** 2 * 11_173; // on the beat, a slope can be exactly as sure as it must be
        const time = new Date(START + round * 20 * MINUTE + offBeat).toISOString();
        const heap = { heapUsed: 1000 + round, heapTotal: 2000, external: 3, arrayBuffers: null, rss: 4000 };
        const target = { pid: 40 + process, title: '', nodeVersion: 'v24.0.0' };
        return {
          identity: identityOf('random', release, process),
          snapshot: new Snapshot({ ...snapshot, capture: { ...snapshot.capture, time, tracing, heap, target } }),
        };
      }),
    ),
  );
}

function identityOf(service: string, release: string, process: number): Identity {
  return {
    service,
    release,
    host: `host-${process}`,
    pid: 40 + process,
    instance: release,
    attributes: { 'k8s.pod.name': `pod-${process}` },
  };
}

/** Those of HOSTILE_NAMES that quote or separate, and what only SQL understands. */
const HOSTILE_SERVICES = [
  ...HOSTILE_NAMES.filter((name) => /^[\0`\t]|b "c"|\n/.test(name)),
  "'; DROP TABLE tracemalloc_profiles; --",
  "\\' OR 1=1 --",
  '{v0:String}',
  '\\N',
];

/** Without lone surrogates, which UTF-8 cannot encode. */
const HOSTILE_TRACES = hostileTraces().filter(({ type = '' }) => !/\p{Cs}/u.test(type));

function hostileProfiles(): Profile[] {
  const named = HOSTILE_SERVICES.map(
    (name): Identity => ({ service: name, release: name, host: name, pid: 1, instance: name, attributes: { [name]: name } }),
  );
  return [...named, identityOf('hostile', '1', 0)].map((identity) => {
    const snapshot = Snapshot.fromTraces(HOSTILE_TRACES);
    return { identity, snapshot: new Snapshot({ ...snapshot, capture: { ...snapshot.capture, time: new Date(START).toISOString() } }) };
  });
}

function simulatedProfiles(): Profile[] {
  const lines = (leak: boolean) => [
    { kind: 'turnover', samples: 30, hours: 0.2 } as const,
    ...(leak ? [{ kind: 'leak', rate: 2 ** 22 } as const] : [{ kind: 'turnover', samples: 5, hours: 0.1 } as const]),
    { kind: 'cache', samples: 40, hours: 0.3 } as const,
  ];
  return [
    ...simulateService({
      service: 'simulated',
      seed: 1,
      startMs: START,
      profiles: 18,
      everyMs: 10 * MINUTE,
      stacks: 3,
      restarting: 0.3,
      releases: ['2.0', '2.1'].map((release) => ({ release, processes: 4, lines: lines(release === '2.1') })),
    }),
  ];
}
