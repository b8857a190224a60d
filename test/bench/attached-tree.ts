import { on } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { startCommand } from '../helpers/command.js';
import { repoPath } from '../helpers/paths.js';
import { startPlain } from '../helpers/plain-process.js';
import { temporaryFolder } from '../helpers/target-process.js';
import { median, printTable } from './measure.js';

const PROGRAM = repoPath('fixtures', 'programs', 'tree', 'many.cjs');
const SIZES = [10, 60, 200];
const MEBIBYTE = 2 ** 20;

/** Attaches to trees of small processes. Prints how long that takes, and what it costs the controller and the machine. */
export async function benchAttachedTree(): Promise<void> {
  const columns: string[][] = [
    ['', 'all traced, s', 's a process', 'CPU of ours, s', 'rss of ours', 'files of ours', 'helpers, pss', 'the end, s'],
  ];
  for (const size of SIZES) columns.push([`${size} processes`, ...(await attachTo(size))]);
  printTable(columns[0]!.map((_, row) => columns.map((column) => column[row]!)));
}

async function attachTo(size: number): Promise<string[]> {
  const env = { NODE_OPTIONS: '--max-old-space-size=32' };
  const program = await startPlain('', '', { command: [process.execPath, PROGRAM, `${size}`], env });
  const began = performance.now();
  const command = startCommand(['attach', `${program.pid}`, '--follow', '--duration', '10m', '-o', 's.tmsnap'], { cwd: temporaryFolder() });
  await allTraced(command.child.stderr, size);
  const traced = seconds(began);
  const controller = command.child.pid!;
  const [rss, files] = [kilobytes(controller, 'status', 'VmRSS'), readdirSync(`/proc/${controller}/fd`).length];
  const helpers = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === controller);
  const pss = helpers.map((pid) => kilobytes(pid, 'smaps_rollup', 'Pss'));
  const cpu = cpuOf(controller);
  const ended = performance.now();
  command.child.kill('SIGINT');
  await command.exited;
  await program.kill();
  const sum = pss.reduce((a, b) => a + b, 0);
  return [
    traced.toFixed(1),
    (traced / size).toFixed(2),
    cpu.toFixed(1),
    `${(rss / MEBIBYTE).toFixed(0)} MiB`,
    `${files}`,
    `${(sum / MEBIBYTE).toFixed(0)} MiB (${(median(pss) / 1024).toFixed(0)} KiB each)`,
    seconds(ended).toFixed(1),
  ];
}

/** Until the command has said of so many processes that it traces them. */
async function allTraced(stderr: Readable, size: number): Promise<void> {
  let text = '';
  for await (const [chunk] of on(stderr, 'data')) {
    text += String(chunk);
    if ((text.match(/^tracing process/gm) ?? []).length >= size) return;
  }
}

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}

/** A row of a file of /proc/PID, in bytes. */
function kilobytes(pid: number | string, file: string, name: string): number {
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'latin1'))?.[1]);
}

function fieldsOf(pid: number | string): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function parentOf(pid: string): number {
  try {
    return Number(fieldsOf(pid)[1]);
  } catch {
    return 0; // it has ended meanwhile
  }
}

/** User and system time in seconds. The kernel counts in hundredths. */
function cpuOf(pid: number): number {
  const fields = fieldsOf(pid);
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
