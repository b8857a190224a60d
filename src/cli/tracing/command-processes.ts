import { basename } from 'node:path';
import { isNode, parseCommandLine } from '../../discovery/command-line.js';
import { hasProc } from '../../discovery/proc.js';
import { programsInTree } from '../../discovery/running-programs.js';
import { listed } from '../../text/listing.js';
import { printable } from '../../text/printable.js';
import type { LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import type { WhatToRun } from './what-to-run.js';

/** A Node process of a command that was started. */
export interface CommandProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly tracer: Tracer;
  /** Why it is not traced; null if it is. */
  readonly problem: Promise<unknown>;
}

type Listener = (process: CommandProcess) => void;

/** The Node processes of a command, the oldest first. A command often starts others that only start the program: npm, a build step. Make it before the start. */
export class CommandProcesses {
  readonly #all: CommandProcess[] = [];
  readonly #listeners = new Set<Listener>();
  /** Those that were taken, or that only start others. */
  readonly #past = new Set<CommandProcess>();
  readonly #tools = new Set<CommandProcess>();

  constructor(tracer: LaunchedTracer, { file, args }: WhatToRun) {
    this.#add({ pid: tracer.pid, argv: tracer.starter?.argv ?? argvOf(file, args), tracer, problem: Promise.resolve(null) });
    tracer.onProcess((process) => this.#add(process));
  }

  /** Calls `listener` for all that there are, and for those that come. @returns a function that ends it */
  each(listener: Listener): () => void {
    for (const process of this.#all) listener(process);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first process that runs and was not taken yet, and does not only start others. Waits for one. null if `over` resolves first. */
  async next(over: Promise<unknown>): Promise<CommandProcess | null> {
    let isOver = false;
    void over.then(() => {
      isOver = true;
    });
    for (;;) {
      const [process] = this.#all.filter((one) => !this.#past.has(one));
      if (process === undefined) await Promise.race([over, this.#arrival()]);
      else if (await this.#isProgram(process)) return process;
      if (isOver) return null;
    }
  }

  /** Resolves when it turns out that the process only starts others (`tsx server.ts`), which is seen by what it starts. */
  onlyStarts(process: CommandProcess): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.each(async (other) => {
        if (other === process || !(await isTool(process))) return;
        stop();
        this.#tools.add(process);
        resolve();
      });
    });
  }

  /** One line about the processes that ran beside the one whose rounds were taken; empty if there were none. @param taken null: there was none */
  besides(taken: CommandProcess | null): string[] {
    const managers = new Set(this.#all.map(managerOf).filter((name) => name !== null));
    if (taken === null)
      return this.#all.some((one) => managerOf(one) === null) ? [] : [`the command has run no Node process but ${[...managers].join()}`];
    const others = this.#all.filter((one) => one !== taken && !this.#tools.has(one) && managerOf(one) === null).map(nameOf);
    if (others.length === 0) return [];
    return [
      `the rounds are those of ${nameOf(taken)}; the command also ran ${listed(others, 'and')}: to look at another, start it alone, or name it: leaks PID`,
    ];
  }

  async #isProgram(process: CommandProcess): Promise<boolean> {
    this.#past.add(process);
    return managerOf(process) === null && (await process.problem) === null && process.tracer.isTracing();
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      const listener = () => {
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  #add(process: CommandProcess): void {
    this.#all.push(process);
    for (const listener of this.#listeners) listener(process);
  }
}

export function nameOf({ pid, argv: [, script] }: CommandProcess): string {
  return script === undefined ? `process ${pid}` : `process ${pid} (${printable(basename(script))})`;
}

/** Its `process.argv`. A command that is not Node itself is a script that names it in its first line. */
function argvOf(file: string, args: readonly string[]): readonly string[] {
  if (!isNode(file)) return ['node', file, ...args];
  const { script, args: rest } = parseCommandLine([file, ...args]);
  return script === null ? [file] : [file, script, ...rest];
}

function managerOf({ argv }: CommandProcess): string | null {
  return parseCommandLine(argv).launcher;
}

async function isTool({ pid }: CommandProcess): Promise<boolean> {
  return hasProc() && (await programsInTree(pid)).some((one) => one.pid === pid && one.launcher !== null);
}
