import { on } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { listPids, readProc } from '../../src/discovery/proc.js';
import { startCommand } from '../helpers/command.js';
import { repoPath } from '../helpers/paths.js';
import { startPlain } from '../helpers/plain-process.js';
import { temporaryFolder } from '../helpers/target-process.js';
import { median, printTable, processorSeconds } from './measure.js';

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
  const [rss, files] = [readProc(controller)!.rss!, readdirSync(`/proc/${controller}/fd`).length];
  const helpers = (await listPids()).filter((pid) => readProc(pid)?.parent === controller);
  const pss = helpers.map(pssOf);
  const cpu = processorSeconds(controller);
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

/** Memory of its own, and its share of what it has in common with others, in bytes. */
function pssOf(pid: number): number {
  return 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1]);
}
