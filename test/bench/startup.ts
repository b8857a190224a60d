import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Snapshot } from '../../src/index.js';
import { repoPath } from '../helpers/paths.js';
import { median, printTable, processorSeconds } from './measure.js';

const ROUNDS = Number(process.env.STARTUP_ROUNDS ?? 15);

/**
 * Prints the processor time, user and system, of a command and of all processes that it starts, in ms. It adopts processes that outlive the
 * command, and waits for them. Node cannot do that, and a shell's `times` does not count them.
 */
const MEASURE = `
import ctypes, os, sys
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
child = os.fork()
if child == 0:
    null = os.open('/dev/null', os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.execvp(sys.argv[1], sys.argv[1:])
spent, code = 0, None
while True:
    try:
        pid, status, usage = os.wait4(-1, 0)
    except ChildProcessError:
        break
    spent += usage.ru_utime + usage.ru_stime
    if pid == child:
        code = os.waitstatus_to_exitcode(status)
print(spent * 1000)
sys.exit(code)
`;

interface Candidate {
  readonly name: string;
  readonly args: readonly string[];
  /** As a multiple of `node -e 0`; null if there is no goal. */
  readonly goal: number | null;
}

/** The cost of a start: processor time of whole process trees. Each run is between two runs of `node -e 0`. */
export async function benchStartup(): Promise<void> {
  if (process.platform !== 'linux' || spawnSync('python3', ['--version']).status !== 0) {
    console.log('needs Linux and python3, which waits for processes that outlive their parent');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'startup-'));
  try {
    const candidates = candidatesIn(folder);
    const ratios = candidates.map((): number[] => []);
    const [spent, bare] = [candidates.map((): number[] => []), [] as number[]];
    for (let round = -1; round < ROUNDS; round++) {
      for (const [i, { args }] of candidates.entries()) {
        const before = processorTime(['-e', '0']);
        const own = processorTime(args);
        const after = processorTime(['-e', '0']);
        if (round < 0) continue;
        ratios[i]!.push((2 * own) / (before + after));
        spent[i]!.push(own);
        bare.push(before, after);
      }
    }
    const rows = candidates.map(({ name, goal }, i) => {
      const least = Math.min(...spent[i]!) / Math.min(...bare);
      return [name, median(spent[i]!).toFixed(0), median(ratios[i]!).toFixed(2), least.toFixed(2), goal?.toFixed(1) ?? ''];
    });
    printTable([
      ['processor time', 'ms', 'to node -e 0', 'least to least', 'goal'],
      ['node -e 0', median(bare).toFixed(0), '', '', ''],
      ...rows,
    ]);
    console.log();
    printTable([['beside a traced program', 'rss', 'ms of processor time'], ...(await helpersOf(folder))]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function candidatesIn(folder: string): Candidate[] {
  const [program, old, now, output] = ['empty.cjs', 'old.tmsnap', 'now.tmsnap', 'run.tmsnap'].map((name) => join(folder, name));
  writeFileSync(program!, '');
  for (const [i, file] of [old!, now!].entries()) {
    const frames = Array.from({ length: 5 }, (_, line) => ({
      filename: '/app/server.js',
      lineno: 10 * line + 1,
      functionName: `f${line}`,
    }));
    Snapshot.fromTraces(Array.from({ length: 50 }, (_, n) => ({ size: 100 * (n + i + 1), frames: frames.slice(n % 5) }))).dump(file);
  }
  const bin = repoPath('dist/src/cli/bin.js');
  const library = pathToFileURL(repoPath('dist/src/index.js')).href;
  return [
    { name: 'tracemalloc --version', args: [bin, '--version'], goal: 1.5 },
    { name: 'tracemalloc --help', args: [bin, '--help'], goal: 1.5 },
    { name: 'tracemalloc stats', args: [bin, 'stats', now!], goal: 2.5 },
    { name: 'tracemalloc diff', args: [bin, 'diff', old!, now!], goal: 2.5 },
    { name: 'tracemalloc run, of an empty program', args: [bin, 'run', '--force', '-o', output!, program!], goal: 5 },
    { name: 'the empty program', args: [program!], goal: null },
    { name: "import 'node-tracemalloc'", args: ['--input-type=module', '-e', `import '${library}'`], goal: null },
  ];
}

/** Processor time of a run of `node` and of all processes that it starts, in ms. */
function processorTime(args: readonly string[]): number {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', MEASURE, process.execPath, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return Number(stdout);
}

/** The processes that a `run` has started, seen while its program does nothing. */
async function helpersOf(folder: string): Promise<string[][]> {
  const program = join(folder, 'waiting.cjs');
  writeFileSync(program, 'setTimeout(() => {}, 8000)');
  const args = [repoPath('dist/src/cli/bin.js'), 'run', '--force', '-o', join(folder, 'run.tmsnap'), program];
  const command = spawn(process.execPath, args, { stdio: 'ignore' });
  const ended = new Promise((resolve) => command.once('exit', resolve));
  await new Promise((resolve) => setTimeout(resolve, 5000)); // by then all have started, and are idle
  const children = readFileSync(`/proc/${command.pid}/task/${command.pid}/children`, 'utf8').split(' ').filter(Boolean);
  const rows = [String(command.pid), ...children].filter((pid) => existsSync(`/proc/${pid}`)).map(costsOf);
  await ended;
  return rows;
}

function costsOf(pid: string): string[] {
  const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  const words = read('cmdline').split('\0');
  const role = ['stderr-process', 'caretaker-process', 'bin.js', 'waiting.cjs'].find((name) => words.some((word) => word.includes(name)));
  const rss = Number(/VmRSS:\s+(\d+) kB/.exec(read('status'))![1]) / 1024;
  return [`${role} (${words[0]!.split('/').at(-1)})`, `${rss.toFixed(1)} MB`, String(processorSeconds(Number(pid)) * 1000)];
}
