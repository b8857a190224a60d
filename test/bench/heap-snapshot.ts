import { constants } from 'node:buffer';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repoPath } from '../helpers/paths.js';
import type { Reading } from './heap-snapshot-reading.js';
import { multiplySnapshot } from './large-snapshot.js';
import { median, printTable } from './measure.js';

const ROUNDS = 5;
/** V8 has compiled everything after a few MB, so only smaller files are also read by a warm process. In bytes. */
const WARM_BELOW = 50_000_000;
const READERS = ['ours', 'JSON.parse', 'memlab'] as const;
const GOALS = 'goals: at least 100 MB/s and at most 0.5 bytes of memory per byte of JSON';

type Reader = (typeof READERS)[number];

/**
 * Reads a heap snapshot from a file, each time in a process of its own: our reader in chunks of 100 kB, JSON.parse of the whole, and memlab's
 * loader. The small file is also read by a process that has read it before: the first reading waits for V8 to compile, later ones do not.
 */
export async function benchHeapSnapshot(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-bench-'));
  try {
    const files = makeSnapshots(folder);
    const rows: string[][] = [];
    for (const file of files) rows.push(...(await measure(file)));
    printTable([['MB', 'reader', 'MB/s', 'MB/s, warm', 'MB per processor s', 'peak MB', 'peak per byte', 'objects'], ...rows]);
    console.log(`medians of ${ROUNDS}, in turn (${GOALS})`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Makes snapshots of about 10 MB and 200 MB from a program, and one of 1 GB, which has the content of the second five times. */
function makeSnapshots(folder: string): string[] {
  const made = [14_500, 530_000].map((rounds) => {
    const file = join(folder, `${rounds}.heapsnapshot`);
    const program = repoPath('fixtures', 'programs', 'heap-snapshot-of-many.cjs');
    execFileSync(process.execPath, ['--no-turbo-escape', '--max-old-space-size=8000', program, file, String(rounds)]);
    return file;
  });
  const large = join(folder, 'large.heapsnapshot');
  multiplySnapshot(made[1]!, large, 5);
  return [...made, large];
}

async function measure(file: string): Promise<string[][]> {
  const bytes = statSync(file).size;
  const readers = READERS.filter((reader) => reader !== 'memlab' || hasMemlab());
  const possible = readers.filter((reader) => reader !== 'JSON.parse' || bytes <= constants.MAX_STRING_LENGTH);
  const readings = new Map<string, Reading[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const reader of possible) {
      add(readings, reader, await read(reader, file));
      if (bytes < WARM_BELOW) add(readings, `${reader}, warm`, await read(reader, file, file));
    }
  }
  return READERS.map((reader) => {
    const cold = readings.get(reader);
    if (!cold) return [megabytes(bytes), reader, reader === 'memlab' ? 'not installed' : 'impossible', '', '', '', '', ''];
    const of = (field: keyof Reading, name: string = reader) => median((readings.get(name) ?? []).map((reading) => reading[field]));
    return [
      megabytes(bytes),
      reader,
      perSecond(bytes, of('ms')),
      bytes < WARM_BELOW ? perSecond(bytes, of('ms', `${reader}, warm`)) : '',
      perSecond(bytes, of('processorMs')),
      megabytes(of('peakBytes')),
      (of('peakBytes') / bytes).toFixed(2),
      String(cold[0]!.objects),
    ];
  });
}

/** memlab is no dependency of this project: it would be 210 packages for one column of this table. */
function hasMemlab(): boolean {
  try {
    createRequire(import.meta.url).resolve(memlab());
    return true;
  } catch {
    console.log('memlab is not installed: npm install --no-save @memlab/core, or name its folder in MEMLAB_CORE');
    return false;
  }
}

function memlab(): string {
  return process.env.MEMLAB_CORE ?? '@memlab/core';
}

function add(readings: Map<string, Reading[]>, name: string, reading: Reading): void {
  readings.set(name, [...(readings.get(name) ?? []), reading]);
}

async function read(reader: Reader, ...files: readonly string[]): Promise<Reading> {
  const child = repoPath('dist', 'test', 'bench', 'heap-snapshot-reading.js');
  const what = reader === 'memlab' ? createRequire(import.meta.url).resolve(memlab()) : reader;
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=16000', child, what, ...files]);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Reading;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function perSecond(bytes: number, ms: number): string {
  return (bytes / 1e3 / ms).toFixed(0);
}
