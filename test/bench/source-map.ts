import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repoPath } from '../helpers/paths.js';
import { median, printTable } from './measure.js';
import type { MapReading } from './source-map-reading.js';

const BYTES = 20_000_000;
const ROUNDS = 5;
/** The mappings of a line as a bundler writes them: about forty segments. */
const LINE = `${'AAAA,KAAM,GACE,QAAEA,'.repeat(10)}AACA`;
const LINES_A_SOURCE = 200;
const READERS = ['nothing', 'ours', 'trace-mapping'] as const;
const GOAL = 'goal: below 1 s and 200 MB';
/** The share of a map that is the sources themselves. In large bundles it is about two thirds. */
const CONTENTS = [0, 0.66];

/**
 * Looks up the lines of 5,000 positions in a map of 20 MB, each time in a process of its own. Prints the time from the file to the lines, and the
 * peak memory of the process. For comparison, @jridgewell/trace-mapping, and a process that does nothing.
 */
export async function benchSourceMap(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-bench-'));
  try {
    const rows: string[][] = [];
    for (const share of CONTENTS) {
      const script = join(folder, `${share}.js`);
      writeFileSync(script, '');
      const lines = Math.floor((BYTES * (1 - share)) / (LINE.length + 1));
      writeFileSync(`${script}.map`, mapOf(lines, BYTES * share));
      for (const reader of READERS) rows.push([`${100 * share} % sources`, reader, ...(await measure(reader, script, String(lines)))]);
    }
    printTable([['20 MB of which', 'reader', 'ms', 'peak MB'], ...rows]);
    console.log(`medians of ${ROUNDS} (${GOAL})`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(...args: readonly string[]): Promise<string[]> {
  const readings: MapReading[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const child = repoPath('dist', 'test', 'bench', 'source-map-reading.js');
    const { stdout } = await promisify(execFile)(process.execPath, [child, ...args]);
    readings.push(JSON.parse(stdout) as MapReading);
  }
  return [median(readings.map(({ ms }) => ms)).toFixed(0), median(readings.map(({ peakBytes }) => peakBytes / 1e6)).toFixed(0)];
}

/** @param contentBytes length of all sources together */
function mapOf(lines: number, contentBytes: number): string {
  const sources = Array.from({ length: Math.ceil(lines / LINES_A_SOURCE) }, (_, i) => `../src/module-${i}.ts`);
  const mappings = Array.from({ length: lines }, (_, i) =>
    i % LINES_A_SOURCE === LINES_A_SOURCE - 1 ? LINE.replace('AAAA', 'ACAA') : LINE,
  );
  const text = 'x'.repeat(Math.floor(contentBytes / sources.length));
  const sourcesContent = contentBytes === 0 ? undefined : sources.map((source) => `// ${source}\n${text}`);
  return JSON.stringify({ version: 3, sources, names: ['name'], mappings: mappings.join(';'), sourcesContent });
}
