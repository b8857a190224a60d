import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repoPath } from '../helpers/paths.js';
import type { BenchData } from './engine.js';

/** A process with CPython's tracemalloc and the traces of the bench. Runs one operation per question. */
export class CPython {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** @returns null if there is no python3 */
  static async start(folder: string, data: BenchData): Promise<CPython | null> {
    if (spawnSync('python3', ['--version']).status !== 0) return null;
    const paths = [join(folder, 'tracebacks.json'), join(folder, 'columns.bin'), join(folder, 'bench.pickle')] as const;
    writeFileSync(paths[0], JSON.stringify(data.stacks));
    const columns = [data.old, data.snapshot].flatMap(({ columns: { traceback, size } }) => [traceback, Uint32Array.from(size)]);
    writeFileSync(paths[1], Buffer.concat(columns.map(({ buffer }) => Buffer.from(buffer))));
    const child = spawn('python3', [repoPath('fixtures', 'parity', 'bench_tracemalloc.py'), ...paths]);
    child.stderr.pipe(process.stderr);
    await once(child, 'spawn');
    return new CPython(child);
  }

  /** @returns ms of processor time of an operation, or the bytes of the dumped file */
  async ask(operation: string): Promise<number> {
    this.#child.stdin.write(`${operation}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`python3 ended before it answered ${operation}`);
    return Number(value);
  }

  stop(): void {
    this.#child.stdin.end();
  }
}
