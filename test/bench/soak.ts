import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from '../../src/tracing/launch/launch.js';
import type { LaunchedTracer } from '../../src/tracing/launch/launched-tracer.js';
import { Answering } from '../helpers/answering.js';
import { markedProcesses } from '../helpers/marked-processes.js';
import { repoPath } from '../helpers/paths.js';
import { median, printTable, timed } from './measure.js';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 30);
/** The share of the time in which the program runs untraced. */
const UNTRACED_SHARE = 1 / 6;
const LOOK_MS = 10_000;
const SNAPSHOT_MS = 3_000;
const ROWS = 15;
const PROGRAM = repoPath('fixtures', 'programs', 'coming-and-going.cjs');
const COLLECT = ['--expose-gc'];

/** The memory that the program reports, in bytes. */
interface Said {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly started: number;
  readonly running: number;
}

const COLUMNS = {
  'controller rss': 'MB',
  'controller heap': 'MB',
  'controller external': 'MB',
  resources: '',
  files: '',
  processes: '',
  'ms a snapshot': '',
  'missing threads': '',
  'program rss': 'MB',
  'program heap': 'MB',
  started: '',
  running: '',
} as const;
type Look = Readonly<Record<keyof typeof COLUMNS, number>>;

/**
 * Follows a program that starts a worker or a child process every 100 ms, each for a short time, and takes a snapshot every 3 seconds. Prints what
 * grows in us and in the program, and what we leave behind. Then the same program runs untraced for a sixth of the time. SOAK_MINUTES: default 30.
 */
export async function benchSoak(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-bench-'));
  process.env.TMPDIR = folder;
  const mark = `soak-${process.pid}`;
  process.env.NODE_TRACEMALLOC_SOAK = mark;
  const before = { files: files(), resources: process.getActiveResourcesInfo().length };
  const { looks, problems } = await soak();
  printLooks(looks);
  console.log(`processes that could not be traced: ${problems.length === 0 ? 'none' : `${problems.length}, the first: ${problems[0]}`}`);
  await settled(() => markedProcesses(mark).length === 0);
  globalThis.gc!();
  const left = {
    'processes of ours or the program': markedProcesses(mark).join(', ') || 'none',
    'in the temporary folder': readdirSync(folder).join(', ') || 'nothing',
    'open files':
      files()
        .filter((file) => !before.files.includes(file))
        .join(', ') || 'none',
    'handles and requests': process.getActiveResourcesInfo().length - before.resources,
  };
  for (const [what, value] of Object.entries(left)) console.log(`left behind, ${what}: ${value}`);
  rmSync(folder, { recursive: true });
  printUntraced(await untraced());
}

async function soak(): Promise<{ looks: Look[]; problems: string[] }> {
  const tracer = await launch(PROGRAM, { execArgv: COLLECT, stdio: ['pipe', 'pipe', 'ignore'], follow: true });
  await tracer.start();
  const program = await Answering.with(tracer);
  const looks: Look[] = [];
  const end = performance.now() + MINUTES * 60_000;
  const snapshots = new Snapshots(tracer, end);
  while (performance.now() < end) {
    await sleep(LOOK_MS);
    looks.push(look(tracer, snapshots, await ask(program)));
  }
  await snapshots.end();
  const problems = await Promise.all(tracer.processes.map(({ problem }) => problem));
  tracer.stdin!.end();
  const exit = await tracer.exited;
  await tracer.leaveProcesses();
  const saved = tracer.processes.map(async ({ tracer: one }) => (await one.closed).snapshot !== null);
  console.log(`exit code ${exit.code}, last snapshot ${exit.snapshot === null ? 'missing' : 'taken'}`);
  console.log(`last snapshots of ${(await Promise.all(saved)).filter(Boolean).length} of ${saved.length} processes`);
  return { looks, problems: problems.filter((problem) => problem !== null).map(String) };
}

async function untraced(): Promise<Said[]> {
  const child = spawn(process.execPath, [...COLLECT, PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const program = await Answering.with(child);
  const said: Said[] = [];
  const end = performance.now() + MINUTES * 60_000 * UNTRACED_SHARE;
  while (performance.now() < end) {
    await sleep(LOOK_MS);
    said.push(await ask(program));
  }
  child.stdin.end();
  await once(child, 'exit');
  return said;
}

function printUntraced(said: readonly Said[]): void {
  const of = (name: keyof Said) => median(said.map((one) => one[name]));
  const { started } = said.at(-1)!;
  console.log(`untraced, medians of ${said.length}: rss ${megabytes(of('rss'))}, heap ${megabytes(of('heapUsed'))} MB; ${started} started`);
}

/** Takes a snapshot of the program every few seconds. */
class Snapshots {
  readonly #over: Promise<void>;
  #times: number[] = [];
  #missing = 0;

  constructor(tracer: LaunchedTracer, end: number) {
    this.#over = this.#take(tracer, end);
  }

  end(): Promise<void> {
    return this.#over;
  }

  /** For the snapshots since the last call: the median of their times in ms, and the number of threads that they lacked. */
  tell(): { ms: number; missing: number } {
    const told = { ms: this.#times.length === 0 ? Number.NaN : median(this.#times), missing: this.#missing };
    this.#times = [];
    this.#missing = 0;
    return told;
  }

  async #take(tracer: LaunchedTracer, end: number): Promise<void> {
    while (performance.now() < end) {
      await sleep(SNAPSHOT_MS);
      this.#times.push(
        await timed(async () => {
          this.#missing += (await tracer.takeSnapshot()).capture.missing?.length ?? 0;
        }),
      );
    }
  }
}

function look(tracer: LaunchedTracer, snapshots: Snapshots, said: Said): Look {
  globalThis.gc!();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { ms, missing } = snapshots.tell();
  return {
    'controller rss': rss,
    'controller heap': heapUsed,
    'controller external': external,
    resources: process.getActiveResourcesInfo().length,
    files: files().length,
    processes: tracer.processes.length,
    'ms a snapshot': ms,
    'missing threads': missing,
    'program rss': said.rss,
    'program heap': said.heapUsed,
    started: said.started,
    running: said.running,
  };
}

/** Prints some of the looks, and the medians of the first and the last third of them. */
function printLooks(looks: readonly Look[]): void {
  const names = Object.keys(COLUMNS) as (keyof Look)[];
  const third = Math.ceil(looks.length / 3);
  const step = Math.max(1, Math.floor(looks.length / ROWS));
  const rows = looks.flatMap((one, at) => (at % step === 0 ? [[`${Math.round(((at + 1) * LOOK_MS) / 1000)} s`, one] as const] : []));
  const thirds = [
    ['first third', medians(looks.slice(0, third))],
    ['last third', medians(looks.slice(-third))],
  ] as const;
  const cells = [...rows, ...thirds].map(([label, one]) => [label, ...names.map((name) => cell(name, one[name]))]);
  const table = [['', ...names], ...cells];
  printTable(table[0]!.map((_, column) => table.map((row) => row[column]!))); // one line per figure
}

function medians(looks: readonly Look[]): Look {
  return Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, median(looks.map((one) => one[name as keyof Look]))])) as Look;
}

function cell(name: keyof Look, value: number): string {
  return COLUMNS[name] === 'MB' ? megabytes(value) : value.toFixed(0);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

async function ask(program: Answering): Promise<Said> {
  return JSON.parse(await program.ask('tell')) as Said;
}

/** The open files of this process: `socket:[4711]`, `anon_inode:inotify`, a path. */
function files(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)];
    } catch {
      return []; // the list includes the folder that was open only for reading the list
    }
  });
}

const PATIENCE_MS = 10_000;

async function settled(isSo: () => boolean): Promise<void> {
  const latest = performance.now() + PATIENCE_MS;
  while (!isSo() && performance.now() < latest) await sleep(100);
}
