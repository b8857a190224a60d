import { printable } from '../../text/printable.js';
import { attach } from '../../tracing/attach/attach.js';
import { linesOf } from '../../tracing/isolate/line-scope.js';
import { GIVEN_UP } from '../../tracing/tracer/leaving.js';
import type { StartOptions } from '../../tracing/tracer/start-options.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import { type Console, writeLines } from '../console/console.js';
import { LABELS_NEED_LINES } from '../options/label-options.js';
import type { Target } from '../options/target-argument.js';
import { editReport, restoreReport } from './edit-report.js';

const EDIT_NOTICE =
  'replacing the source of scripts in the running target, so that every line that allocates has its own bytes, and switching inlining off; both are put back when we leave';

const GIVEN_UP_NOTICE =
  'the target did not answer when we left it: it may be stopped (kill -CONT lets it go on); what was changed in it is put back as soon as it answers, within 10 minutes';

/** Say "leaving …" only if `close()` takes longer than this. */
const SAY_LEAVING_AFTER_MS = 1000;

interface Attaching {
  readonly target: Target['target'];
  readonly console: Console;
}

interface Tracing extends Attaching {
  readonly start: StartOptions;
}

/** Attaches to a running process, traces it during `work`, and leaves it as it was. Tells the user about every change to it. */
export async function whileTracing<T>({ start, ...attaching }: Tracing, work: (tracer: Tracer) => Promise<T>): Promise<T> {
  const { err } = attaching.console;
  return await whileAttached(attaching, async (tracer, onNotice) => {
    tellOfStart(start, err);
    await startAndTell(tracer, { ...start, onNotice }, err);
    return await work(tracer);
  });
}

/** Says what a start will change in a target. */
export function tellOfStart(start: StartOptions, err: Console['err']): void {
  if (start.labels && !start.lines) writeLines(err, [LABELS_NEED_LINES]);
  if (linesOf(start)) writeLines(err, [EDIT_NOTICE]);
}

/** Starts the tracing, and says which scripts have true lines. */
export async function startAndTell(tracer: Tracer, start: StartOptions, err: Console['err']): Promise<void> {
  await tracer.start(start);
  if (linesOf(start)) writeLines(err, editReport(tracer.scriptEdits));
}

/** Attaches to a running process for `work`, and leaves it as it was. `onNotice` tells the user of a change to it. */
export async function whileAttached<T>(
  { target, console: { err } }: Attaching,
  work: (tracer: Tracer, onNotice: (notice: string) => void) => Promise<T>,
): Promise<T> {
  const onNotice = (notice: string) => writeLines(err, [printable(notice)]);
  const tracer = await attach(target, { onNotice });
  try {
    return await work(tracer, onNotice);
  } finally {
    await leaveAndTell(tracer, err);
  }
}

/** Leaves a target as it was, and says what could not be put back. */
export async function leaveAndTell(tracer: Tracer, err: Console['err']): Promise<void> {
  const isEdited = tracer.isTracing() && tracer.scriptEdits.length > 0;
  await leave(tracer, err);
  if ((await tracer.closed).reason === GIVEN_UP) writeLines(err, [GIVEN_UP_NOTICE]);
  else if (isEdited) writeLines(err, restoreReport(tracer.scriptEdits));
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
