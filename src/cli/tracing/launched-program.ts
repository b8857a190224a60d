import { isPackedProgram } from '../../discovery/node-binary.js';
import { linesOf } from '../../tracing/isolate/line-scope.js';
import { launch } from '../../tracing/launch/launch.js';
import type { LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import { hasStartupSnapshot } from '../../tracing/launch/node-options.js';
import type { StartOptions } from '../../tracing/tracer/start-options.js';
import { type Console, writeLines } from '../console/console.js';
import { LABELS_NEED_LINES } from '../options/label-options.js';
import { type LaunchValues, launchOptions } from '../options/launch-options.js';
import type { WhatToRun } from './what-to-run.js';

const SNAPSHOT_NOTICE =
  'code of the startup snapshot (--snapshot-blob) was compiled when the snapshot was built: its lines are where functions start, all others are where memory is allocated';

interface Launching {
  readonly values: LaunchValues & { readonly follow?: boolean };
  readonly console: Console;
  /** Ends a command that has not started node yet. */
  readonly signal?: AbortSignal;
}

const EMBEDDED_NOTICE =
  'a script inside of a single executable application has no true lines when it is run: its lines are where functions start; start the application, and attach --lines to it';

/** Starts the program of the command line and stops it before its first line. */
export async function launchProgram({ file, args, isCommand }: WhatToRun, { values, console, signal }: Launching): Promise<LaunchedTracer> {
  const options = launchOptions(args, values);
  if (options.labels && !options.lines) writeLines(console.err, [LABELS_NEED_LINES]);
  if (linesOf(options) && hasStartupSnapshot({ execArgv: values.nodeArg, NODE_OPTIONS: process.env.NODE_OPTIONS }))
    writeLines(console.err, [SNAPSHOT_NOTICE]);
  const following = { follow: values.follow ?? false, ...(isCommand && { command: true, ...(signal && { signal }) }) };
  const tracer = await launch(file, { ...options, ...following });
  if (linesOf(options) && isCommand && (await isPackedProgram(tracer.pid))) writeLines(console.err, [EMBEDDED_NOTICE]);
  return tracer;
}

/** A program that cannot be traced is not run at all. */
export async function startOrKill(tracer: LaunchedTracer, start: StartOptions): Promise<void> {
  try {
    await tracer.start(start);
  } catch (error) {
    await tracer.kill('SIGKILL');
    await tracer.exited;
    throw error;
  }
}
