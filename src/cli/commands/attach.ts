import { type Command, Option } from 'commander';
import { ConnectionLostError } from '../../errors.js';
import type { ScriptEdit } from '../../lines/live-edit.js';
import { printable } from '../../report/printable.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { attach } from '../../target/attach.js';
import type { Tracer } from '../../target/tracer.js';
import { type Console, writeLines } from '../console.js';
import { onInterruption } from '../interruption.js';
import { duration } from '../option-values.js';
import { printStatistics, saveSnapshot } from '../print-results.js';
import { addTableOptions, addTracingOptions, linesOption, startOptions, type TableValues, type TracingValues } from '../shared-options.js';

interface AttachValues extends TracingValues, TableValues {
  readonly duration: number;
  readonly output?: string;
}

const TICK_MS = 1000;
const EDIT_NOTICE =
  'replacing the source of scripts in the running target, so that every line that allocates has its own bytes, and switching inlining off; both are put back when we leave';

export function configureAttach(command: Command): Command {
  command
    .description('trace a running process for a while, then print which lines hold the memory; Ctrl-C ends it early')
    .argument('<target>', 'port, host:port, ws:// or http:// address of the inspector')
    .addOption(new Option('--duration <time>', 'how long to trace').argParser(duration).default(30_000, '30s'))
    .option('-o, --output <file>', 'save the snapshot');
  return addTableOptions(addTracingOptions(command));
}

export async function runAttach([target]: readonly string[], values: AttachValues, console: Console): Promise<number> {
  const interruption = firstInterruption();
  try {
    const tracer = await attach(target!);
    try {
      const lines = linesOption(values);
      if (lines) writeLines(console.err, [EDIT_NOTICE]);
      await tracer.start(startOptions(values));
      if (lines) writeLines(console.err, editReport(tracer.scriptEdits));
      await tracing(tracer, values.duration, { target: target!, interrupted: interruption.came, console });
      const snapshot = await resultOf(tracer);
      printStatistics(snapshot, values, { stream: console.out, cwd: console.cwd });
      if (values.output !== undefined) saveSnapshot(snapshot, values.output, console);
    } finally {
      const isEdited = tracer.scriptEdits.length > 0;
      await tracer.close();
      if (isEdited) writeLines(console.err, restoreReport(tracer.scriptEdits));
    }
  } finally {
    interruption.ignore();
  }
  return 0;
}

function editReport(edits: readonly ScriptEdit[]): string[] {
  const done = edits.filter(({ outcome }) => outcome === 'done' || outcome === 'unchanged').length;
  const others = edits.filter(({ outcome }) => outcome === 'blocked' || outcome === 'failed');
  const lines = others.map(({ url, reason }) => `${printable(url)} stays at the precision of functions: ${printable(reason)}`);
  return [`true lines in ${done} of ${edits.length} scripts`, ...lines];
}

function restoreReport(left: readonly ScriptEdit[]): string[] {
  if (left.length === 0) return ['the sources are as they were'];
  return left.map(({ url, reason }) => `${printable(url)} keeps its changed source, which does the same: ${printable(reason)}`);
}

/** Listens from now on: whenever the first one comes, there is a result. The second one ends us at once; the target is left clean then, too. */
function firstInterruption(): { came: Promise<void>; ignore: () => void } {
  let ignore = () => {};
  const came = new Promise<void>((resolve) => {
    ignore = onInterruption(() => {
      ignore();
      resolve();
    });
  });
  return { came, ignore };
}

/** What is alive now; where the program came to its end meanwhile, what was alive then. */
async function resultOf(tracer: Tracer): Promise<Snapshot> {
  try {
    if (tracer.isTracing()) return await tracer.takeSnapshot();
  } catch (failure) {
    if (tracer.isTracing()) throw failure; // else the program came to its end just now
  }
  const { snapshot, error, reason } = await tracer.closed;
  if (snapshot) return snapshot;
  throw error ?? new ConnectionLostError(`the target is gone before its result could be taken: ${reason}`);
}

interface Watching {
  readonly target: string;
  readonly interrupted: Promise<void>;
  readonly console: Console;
}

/** Until the time is up, the user interrupts, or the target is gone. On a terminal it shows the time left. */
async function tracing(tracer: Tracer, durationMs: number, { target, interrupted, console: { err } }: Watching): Promise<void> {
  const end = performance.now() + durationMs;
  const show = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    if (err.isTTY) err.write(`\r\x1b[Ktracing ${target}: ${left} s left, Ctrl-C for the result now`);
  };
  show();
  const ticks = setInterval(show, TICK_MS);
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise((resolve) => (timer = setTimeout(resolve, durationMs)));
  await Promise.race([timeUp, interrupted, tracer.closed]);
  clearTimeout(timer);
  clearInterval(ticks);
  if (err.isTTY) err.write('\r\x1b[K');
}
