import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repoPath } from '../helpers/paths.js';
import { providePackages } from '../helpers/provide.js';
import type { GraphReading } from './heap-graph-reading.js';
import { multiplySnapshot } from './large-snapshot.js';
import { median, printTable } from './measure.js';

const ROUNDS = 5;
const TOOLS = ['ours', 'memlab', 'v8-heap-parser'] as const;
type Tool = (typeof TOOLS)[number] | 'ours within 4 GB';
/** What the process that reads the largest file may take, in bytes. */
const LIMIT = 4e9;
/** Users of the service whose heap is written: 190 MB and 510 MB of JSON. The third file has the first eleven times. */
const USERS = [152_000, 406_000] as const;
const COPIES = 11;
const GOALS =
  'goals: 6 times as fast as memlab, twice as fast as v8-heap-parser; at most 1.6 bytes of memory a byte of file at 510 MB; 2 GB of file in 4 GB';

/** Reads heap snapshots from files until all retained sizes are known, with our graph and with two others, in turn and each in a new process. */
export async function benchHeapGraph(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-bench-'));
  const packages = join(await providePackages('heap-tools'), 'package.json');
  try {
    const rows: string[][] = [];
    const made = USERS.map((users) => makeSnapshot(folder, users));
    for (const file of made) rows.push(...(await compare(file, packages, TOOLS)));
    const large = join(folder, 'large.heapsnapshot');
    multiplySnapshot(made[0]!, large, COPIES);
    rows.push(...(await compare(large, packages, ['ours within 4 GB'])));
    printTable([['MB', 'tool', 'nodes', 'edges', 's', 'to ours', 'processor s', 'to ours', 'peak MB', 'peak a byte'], ...rows]);
    console.log(`medians of ${ROUNDS}, ratios of the same round (${GOALS})`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function makeSnapshot(folder: string, users: number): string {
  const file = join(folder, `${users}.heapsnapshot`);
  const program = repoPath('fixtures', 'programs', 'heap-snapshot-of-service.cjs');
  execFileSync(process.execPath, ['--max-old-space-size=8000', program, file, String(users)]);
  return file;
}

async function compare(file: string, packages: string, tools: readonly Tool[]): Promise<string[][]> {
  const readings = new Map<Tool, (GraphReading | null)[]>(tools.map((tool) => [tool, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [tool, list] of readings) if (list[0] !== null) list.push(await read(tool, file, packages));
  }
  const bytes = statSync(file).size;
  return tools.map((tool) => row(bytes, tool, { list: readings.get(tool)!, ours: readings.get(tools[0]!)! }));
}

interface Readings {
  readonly list: readonly (GraphReading | null)[];
  readonly ours: readonly (GraphReading | null)[];
}

type Figure = 'ms' | 'processorMs' | 'peakBytes';

function row(bytes: number, tool: Tool, { list, ours }: Readings): string[] {
  const megabytes = (bytes / 1e6).toFixed(0);
  const [first] = list;
  if (!first) return [megabytes, tool, '', '', 'fails', '', '', '', '', ''];
  const of = (field: Figure): number => median(list.map((reading) => reading![field]));
  const ratio = (field: Figure): string => median(list.map((reading, round) => reading![field] / ours[round]![field])).toFixed(1);
  return [
    megabytes,
    tool,
    first.nodes === 0 ? '' : `${(first.nodes / 1e6).toFixed(2)} M`,
    first.edges === 0 ? '' : `${(first.edges / 1e6).toFixed(2)} M`,
    (of('ms') / 1000).toFixed(2),
    ratio('ms'),
    (of('processorMs') / 1000).toFixed(2),
    ratio('processorMs'),
    (of('peakBytes') / 1e6).toFixed(0),
    (of('peakBytes') / bytes).toFixed(2),
  ];
}

/** null if the tool fails. */
async function read(tool: Tool, file: string, packages: string): Promise<GraphReading | null> {
  const child = repoPath('dist', 'test', 'bench', 'heap-graph-reading.js');
  const args = ['--max-old-space-size=16000', child, tool.split(' ')[0]!, file, packages];
  const isLimited = tool === 'ours within 4 GB' && process.platform === 'linux';
  const [program, ...rest] = isLimited ? ['prlimit', `--data=${LIMIT}`, process.execPath, ...args] : [process.execPath, ...args];
  try {
    const { stdout } = await promisify(execFile)(program, rest);
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as GraphReading;
  } catch (error) {
    console.log(`${tool} fails on ${(statSync(file).size / 1e6).toFixed(0)} MB: ${String(error).trim().split('\n').at(-1)}`);
    return null;
  }
}
