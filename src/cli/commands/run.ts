import { constants } from 'node:os';
import { basename, extname } from 'node:path';
import type { Command } from 'commander';
import { totalOf } from '../../model/column-totals.js';
import { messageOf } from '../../protocol/thrown.js';
import { printable } from '../../report/printable.js';
import { Filter } from '../../snapshot/filter.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { launch } from '../../target/launch.js';
import type { Exit, LaunchedTracer } from '../../target/launched-tracer.js';
import { type Console, writeLines } from '../console.js';
import { onInterruption } from '../interruption.js';
import { collected } from '../option-values.js';
import { printDiff, printStatistics, saveSnapshot } from '../print-results.js';
import { addTableOptions, addTracingOptions, linesOption, startOptions, type TableValues, type TracingValues } from '../shared-options.js';

interface RunValues extends TracingValues, TableValues {
  readonly output?: string;
  readonly marks: boolean;
  readonly node?: string;
  readonly nodeArg: readonly string[];
}

/** A last snapshot that gives the program's own files less than this share of the heap says little about it. */
const LITTLE_SHARE = 0.05;

export function configureRun(command: Command): Command {
  command
    .description('run a program under tracing; at its end print which lines hold the memory and save a snapshot')
    .argument('<script>', 'the program')
    .argument('[args...]', 'its arguments')
    .option('-o, --output <file>', 'where to save the snapshot (default: SCRIPT.PID.tmsnap)')
    .option('--marks', 'take a snapshot at every debugger statement that the program passes, too', false)
    .option('--node <path>', 'the node binary to run it with')
    .option('--node-arg <arg>', 'an argument for node; repeatable', collected, [])
    .passThroughOptions();
  return addTableOptions(addTracingOptions(command));
}

/** @returns the program's exit code, or 128 + the number of the signal that ended it, as shells do */
export async function runRun([script, ...args]: readonly string[], values: RunValues, console: Console): Promise<number> {
  const launching = launch(script!, {
    args,
    execArgv: values.nodeArg,
    lines: linesOption(values),
    inlining: values.inline,
    detached: true, // a Ctrl-C in the terminal comes to us alone, and the snapshot before it is passed on
    ...(values.node !== undefined && { execPath: values.node }),
  });
  let interrupted = false;
  const stopListening = onInterruption((signal) => {
    interrupted = true;
    launching.then((tracer) => tracer.kill(signal)).catch(() => {}); // a launch that fails ends the command anyway
  });
  try {
    const tracer = await launching;
    const output = values.output ?? `${basename(script!, extname(script!))}.${tracer.pid}.tmsnap`;
    if (values.marks) saveMarks(tracer, { output, values, console });
    await startOrKill(tracer, values).catch((error: unknown) => {
      if (!interrupted) throw error;
    });
    const exit = await tracer.exited;
    report(exit, { output, values, console });
    return exit.signal === null ? (exit.code ?? 1) : 128 + constants.signals[exit.signal];
  } finally {
    stopListening();
  }
}

/** A program that cannot be traced is not run at all. */
async function startOrKill(tracer: LaunchedTracer, values: RunValues): Promise<void> {
  try {
    await tracer.start(startOptions(values));
  } catch (error) {
    await tracer.kill('SIGKILL');
    await tracer.exited;
    throw error;
  }
}

interface Reporting {
  readonly output: string;
  readonly values: RunValues;
  readonly console: Console;
}

/** Saves a snapshot at every mark as FILE.1, FILE.2, … and prints what changed since the one before. */
function saveMarks(tracer: LaunchedTracer, { output, values, console }: Reporting): void {
  let marks = 0;
  let previous: Snapshot | null = null;
  tracer.onMark(async (label) => {
    marks++;
    try {
      const snapshot = await tracer.takeSnapshot();
      writeLines(console.err, [`mark ${marks} at ${printable(label)}`]);
      saveSnapshot(snapshot, `${output}.${marks}`, console);
      // The one document of --json is the last snapshot's.
      if (previous) printDiff({ old: previous, now: snapshot }, { ...values, json: false }, { stream: console.err, cwd: console.cwd });
      previous = snapshot;
    } catch (error) {
      writeLines(console.err, [`mark ${marks} has no snapshot: ${messageOf(error)}`]);
    }
  });
}

function report({ snapshot, error }: Exit, { output, values, console }: Reporting): void {
  if (snapshot === null) {
    const reason = error instanceof Error ? error.message : 'the program was killed before it could be asked';
    writeLines(console.err, [`no snapshot was saved: ${reason}`]);
    return;
  }
  if (holdsLittle(snapshot)) {
    writeLines(console.err, [
      "The last snapshot holds little of the program: at its end, its variables are garbage. See what is alive earlier with --marks and a 'debugger' statement where it matters.",
    ]);
  }
  printStatistics(snapshot, values, { stream: resultStream(values, console), cwd: console.cwd });
  saveSnapshot(snapshot, output, console);
}

/** The program owns stdout; only a document that was asked for goes there. */
function resultStream({ json }: RunValues, { out, err }: Console): NodeJS.WritableStream {
  return json ? out : err;
}

function holdsLittle(snapshot: Snapshot): boolean {
  const own = snapshot.filterTraces([new Filter(false, 'node:*'), new Filter(false, '<*')]);
  return totalOf(own.columns).size < LITTLE_SHARE * (snapshot.capture.heap?.heapUsed ?? 0);
}
