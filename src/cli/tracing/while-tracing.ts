import type { ScriptEdit } from '../../lines/live-edit/live-edit.js';
import { printable } from '../../text/printable.js';
import { attach } from '../../tracing/attach/attach.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import { type Console, writeLines } from '../console/console.js';
import { type LossValues, linesOption, startOptions, type TracingValues } from '../options/shared-options.js';
import type { Target } from '../options/target-argument.js';

const EDIT_NOTICE =
  'replacing the source of scripts in the running target, so that every line that allocates has its own bytes, and switching inlining off; both are put back when we leave';

/** Say "leaving …" only if `close()` takes longer than this. */
const SAY_LEAVING_AFTER_MS = 1000;

interface Attaching {
  readonly target: Target['target'];
  readonly values: TracingValues & Partial<LossValues>;
  readonly console: Console;
}

/** Attaches to a running process, traces it during `work`, and leaves it as it was. Tells the user about every change to it. */
export async function whileTracing<T>({ target, values, console: { err } }: Attaching, work: (tracer: Tracer) => Promise<T>): Promise<T> {
  const tracer = await attach(target, { onNotice: (notice) => writeLines(err, [printable(notice)]) });
  try {
    const lines = linesOption(values);
    if (lines) writeLines(err, [EDIT_NOTICE]);
    await tracer.start(startOptions(values));
    if (lines) writeLines(err, editReport(tracer.scriptEdits));
    return await work(tracer);
  } finally {
    const isEdited = tracer.isTracing() && tracer.scriptEdits.length > 0;
    await leave(tracer, err);
    if (isEdited) writeLines(err, restoreReport(tracer.scriptEdits));
  }
}

/** Closes the tracer. Tells the user if that takes long, because the target is busy or a snapshot is on its way. */
export async function leave(tracer: Pick<Tracer, 'close'>, err: Console['err']): Promise<void> {
  const notice = setTimeout(() => writeLines(err, ['leaving …']), SAY_LEAVING_AFTER_MS);
  try {
    await tracer.close();
  } finally {
    clearTimeout(notice);
  }
}

function editReport(edits: readonly ScriptEdit[]): string[] {
  const others = edits.filter(({ outcome }) => outcome === 'blocked' || outcome === 'failed');
  // Counted by name, because V8 keeps the source that an earlier edit replaced as one more script.
  const [all, left] = [edits, others].map((some) => new Set(some.map(({ url }) => url)).size) as [number, number];
  const lines = others.map(({ url, reason }) => `${printable(url)} stays at the precision of functions: ${printable(reason)}`);
  return [`true lines in ${all - left} of ${all} scripts`, ...lines];
}

function restoreReport(left: readonly ScriptEdit[]): string[] {
  if (left.length === 0) return ['the sources are as they were'];
  return left.map(({ url, reason }) => `${printable(url)} keeps its changed source, which does the same: ${printable(reason)}`);
}
