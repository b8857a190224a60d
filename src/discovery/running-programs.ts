import { extname, resolve } from 'node:path';
import { listed } from '../text/listing.js';
import { printable } from '../text/printable.js';
import { type CommandLine, isNode, managerIn, packedCommandLine, parseCommandLine } from './command-line.js';
import { isFile, mainFile } from './main-file.js';
import { isPackedProgram, NodeBinaries } from './node-binary.js';
import { hasProc, listPids, type ProcFacts, readProc } from './proc.js';

/** The name (`argv[0]`) of our own helper processes. */
export const OWN_PROCESS = 'tracemalloc-caretaker';

/** A Node process as /proc shows it. */
export interface RunningProgram extends CommandLine {
  readonly pid: number;
  readonly facts: ProcFacts;
  /** The script as an absolute path; null if the command line names none. */
  readonly script: string | null;
  /** The nearest Node process above it; null if there is none. */
  readonly parent: number | null;
  /** What a launcher has started and is no launcher itself. */
  readonly programs: readonly number[];
}

/** Reads the Node processes of this Linux machine from /proc, without our own ones. Disturbs none of them. */
export async function runningPrograms(): Promise<RunningProgram[]> {
  const all = await readAll();
  return programsAmong(all, await renamedAmong(all));
}

async function readAll(): Promise<ProcFacts[]> {
  return (await listPids()).map(readProc).filter((facts) => facts !== null);
}

/** Processes of Node whose executable has another name, by pid. */
type Renamed = ReadonlyMap<number, { readonly isPacked: boolean }>;

/** Node handles SIGUSR1, as few other programs do. So only few binaries are read. */
async function renamedAmong(all: readonly ProcFacts[]): Promise<Renamed> {
  const candidates = all.filter(({ executable, sigusr1 }) => executable !== null && !isNode(executable) && sigusr1 === 'handled');
  const binaries = new NodeBinaries();
  const found = await Promise.all(
    candidates.map(async ({ pid }) => {
      if ((await binaries.versionOf(pid)) === null) return [];
      return [[pid, { isPacked: await isPackedProgram(pid) }] as const];
    }),
  );
  return new Map(found.flat());
}

/** One line for the user who names a launcher but means what it launches; null for any other process, or without /proc. */
export async function launcherNotice(pid: number): Promise<string | null> {
  const named = hasProc() ? (await runningPrograms()).find((one) => one.pid === pid) : undefined;
  if (!named || named.launcher === null || named.programs.length === 0) return null;
  return `process ${pid} is ${named.launcher}, which only starts the program; the program is process ${listed(named.programs.map(String), 'or')}`;
}

/** One clause about the Node processes that a process has started, directly or through others; null if there are none, or without /proc. */
export async function programsBelow(pid: number): Promise<string | null> {
  if (!hasProc()) return null;
  const below = (await programsInTree(pid)).filter((one) => one.launcher === null && one.pid !== pid);
  if (below.length === 0) return null;
  return `below it, Node runs in process ${listed(
    below.map((one) => `${one.pid} (${printable(one.title)})`),
    'and',
  )}`;
}

/** The Node processes of this machine that are one of `roots` or below one. Reads /proc. */
export async function programsInTree(...roots: number[]): Promise<RunningProgram[]> {
  const all = await readAll();
  const byPid = new Map(all.map((facts) => [facts.pid, facts]));
  return programsAmong(all, await renamedAmong(all)).filter(({ pid, facts }) =>
    [pid, ...ancestorsOf(facts, byPid)].some((one) => roots.includes(one)),
  );
}

/** @param all the processes of the machine: shells may stand between two Node processes */
export function programsAmong(all: readonly ProcFacts[], renamed: Renamed = new Map()): RunningProgram[] {
  const byPid = new Map(all.map((facts) => [facts.pid, facts]));
  const found = all
    .filter((facts) => isProgram(facts, renamed))
    .map((facts) => ({ ...described(facts, renamed), ancestors: ancestorsOf(facts, byPid) }));
  const pids = new Set(found.map(({ pid }) => pid));
  const related = found.map((one) => ({ ...one, ancestors: one.ancestors.filter((pid) => pids.has(pid)) }));
  const launchers = new Map(related.map((one) => [one.pid, one.launcher ?? launcherByChild(one, related)]));
  return related.map(({ ancestors, ...one }) => ({
    ...one,
    launcher: launchers.get(one.pid) ?? null,
    parent: ancestors[0] ?? null,
    programs: related.filter((other) => !launchers.get(other.pid) && launchersOf(other, launchers).includes(one.pid)).map(({ pid }) => pid),
  }));
}

type Described = Omit<RunningProgram, 'parent' | 'programs'>;
type Related = Described & { readonly ancestors: readonly number[] };

/** The program may choose its title, but not its executable. That is unknown if we may not inspect the process. */
function isProgram({ pid, executable, argv: [name = ''] }: ProcFacts, renamed: Renamed): boolean {
  if (pid === process.pid || name === OWN_PROCESS) return false;
  return executable === null ? isNode(name) || managerIn(name) !== null : isNode(executable) || renamed.has(pid);
}

function described(facts: ProcFacts, renamed: Renamed): Described {
  const { pid, argv, cwd } = facts;
  const { script, title, ...line } = renamed.get(pid)?.isPacked ? packedCommandLine(argv) : parseCommandLine(argv);
  if (script === null || cwd === null) return { ...line, pid, facts, script, title };
  const path = scriptAt(resolve(cwd, script));
  return { ...line, pid, facts, script: path, title: title.startsWith(script) ? path + title.slice(script.length) : title };
}

/** A link keeps its name. `node .` and `node dist/main` get that of their file. */
function scriptAt(path: string): string {
  return extname(path) !== '' || isFile(path) ? path : mainFile(path);
}

/** The nearest first. */
function ancestorsOf({ parent }: ProcFacts, byPid: ReadonlyMap<number, ProcFacts>): number[] {
  const ancestors: number[] = [];
  for (let above = byPid.get(parent); above && !ancestors.includes(above.pid); above = byPid.get(above.parent)) ancestors.push(above.pid);
  return ancestors;
}

/** A tool from a package is a launcher if its arguments name the script of a process below it: `tsx server.ts`. It is called like its package. */
function launcherByChild({ pid, script, args, facts: { cwd } }: Related, all: readonly Related[]): string | null {
  const name = /.*\/node_modules\/(?:\.bin\/)?((?:@[^/]+\/)?[^/]+)/.exec(script ?? '')?.[1];
  if (name === undefined || cwd === null) return null;
  const named = new Set(args.map((word) => resolve(cwd, word)));
  const hasStarted = all.some((other) => other.script !== null && named.has(other.script) && other.ancestors.includes(pid));
  return hasStarted ? name : null;
}

/** The launchers right above a process, without another program between. */
function launchersOf({ ancestors }: Related, launchers: ReadonlyMap<number, string | null>): readonly number[] {
  const end = ancestors.findIndex((pid) => !launchers.get(pid));
  return end < 0 ? ancestors : ancestors.slice(0, end);
}
