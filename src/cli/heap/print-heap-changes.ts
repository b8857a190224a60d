import { UsageError } from '../../errors.js';
import { heapChangeLines, heapChangesJson } from '../../report/text/heap-changes.js';
import { jsonText } from '../../report/text/json.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { wrapped } from '../../text/text-width.js';
import { type Console, writeLines } from '../console/console.js';
import { widthOfTerminal } from '../console/terminal.js';
import { checkHeapOptions, type HeapTableValues, heapKeyType } from '../options/heap-options.js';
import { checkHeapPair, compareHeapFiles } from './compare-heap-files.js';
import { damageOf } from './open-heap.js';
import { DEFAULT_ROWS } from './print-heap.js';

interface ComparingHeaps {
  readonly values: HeapTableValues & { readonly survivors: boolean };
  readonly console: Console;
}

/** Writes what changed between two heap snapshots. @returns the growth in bytes @throws UsageError if they cannot be compared */
export async function printHeapChanges(oldFile: string, file: string | undefined, { values, console }: ComparingHeaps): Promise<number> {
  const { out, err, cwd } = console;
  if (file === undefined) throw new UsageError(`${oldFile} is one heap snapshot; give a later one of the same process to compare it with`);
  check([oldFile, file], values);
  const { old, now, comparison, total } = await compareHeapFiles(oldFile, file, { values, console, notes: values.json ? err : out });
  if (values.json) {
    const top = values.top ?? Number.POSITIVE_INFINITY;
    const rows = { ...comparison, types: comparison.types.slice(0, top), collections: comparison.collections.slice(0, top) };
    out.write(jsonText({ ...heapChangesJson(rows, total), ...damageOf([old, now]) }));
    return total.sizeDiff;
  }
  const width = widthOfTerminal(out);
  const head = `from ${printable(oldFile)} to ${printable(file)}: ${total.count} objects, ${formatSize(total.size)} (${formatSize(total.sizeDiff, true)})`;
  writeLines(out, [...wrapped(head, width), '', ...heapChangeLines(comparison, { top: values.top ?? DEFAULT_ROWS, cwd, width })]);
  return total.sizeDiff;
}

function check([old, now]: readonly [string, string], values: ComparingHeaps['values']): void {
  checkHeapPair(old, now);
  if (values.survivors) throw new UsageError('heap snapshots are compared by the ids of objects; leave --survivors out');
  const keyType = heapKeyType(values);
  if (keyType !== 'type') throw new UsageError(`two heap snapshots are compared by type, not by ${keyType}`);
  checkHeapOptions(values);
}
