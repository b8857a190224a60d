import { UnsupportedError } from '../../errors.js';
import { tracebackAt } from '../../model/stack-table.js';
import type { Traceback } from '../../model/traceback.js';
import type { Session } from '../../protocol/session.js';
import { type ObjectName, withObject } from '../isolate/find-object.js';
import type { TracingRun } from './tracing-run.js';

/** The index of the main thread in every snapshot. */
const MAIN = 0;

/**
 * Where an object of the main thread was allocated; null if that was before the tracing began. Takes a snapshot, for its identity.
 *
 * @throws UnsupportedError in other modes than objects, UsageError if no object has that name
 */
export async function objectTraceback(run: TracingRun, main: Session, name: ObjectName): Promise<Traceback | null> {
  if (!run.isHeavy) {
    throw new UnsupportedError("where one object was allocated is known in object mode only; start with mode: 'objects'");
  }
  return withObject(main, name, async (idOf) => {
    const { columns, table } = await run.snapshot();
    const id = await idOf();
    const row = columns.birth!.findIndex((birth, at) => birth === id && (columns.thread?.[at] ?? MAIN) === MAIN);
    return row < 0 ? null : tracebackAt(table, columns.traceback[row]!);
  });
}
