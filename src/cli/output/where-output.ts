import { UsageError } from '../../errors.js';
import type { Traceback } from '../../model/traceback.js';
import { printable } from '../../text/printable.js';
import type { ObjectName } from '../../tracing/isolate/find-object.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import { type Console, errorLine, writeLines } from '../console/console.js';

/**
 * Where the object of `--where` was allocated; null if that was before the tracing began. A wrong expression is reported and gives undefined,
 * so that the table is still printed.
 */
export async function tracebackOf(tracer: Tracer, expression: string | undefined, { err }: Console): Promise<Traceback | null | undefined> {
  if (expression === undefined) return undefined;
  try {
    return await tracer.getObjectTraceback(objectName(expression));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    writeLines(err, [errorLine(error)]);
    return undefined;
  }
}

/** `@123` is the id of a heap object, as DevTools shows it. No JavaScript expression begins with `@` and a digit. */
function objectName(text: string): ObjectName {
  const id = /^@(\d+)$/.exec(text.trim())?.[1];
  return id === undefined ? text : { heapObjectId: Number(id) };
}

export function printWhere(
  traceback: Traceback | null,
  { where, json }: { readonly where?: string; readonly json: boolean },
  { out, err }: Console,
): void {
  const lines = traceback ? traceback.format() : ['  before the tracing began'];
  writeLines(json ? err : out, [`${printable(where!)} was allocated`, ...lines.map(printable), '']); // with --json, stdout holds one document: the table
}
