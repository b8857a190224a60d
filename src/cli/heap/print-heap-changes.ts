import { UsageError } from '../../errors.js';
import { statisticsPage } from '../../report/markdown/statistics-answer.js';
import { heapChangeLines, heapChangesJson, isChanged, isOneProcessNote } from '../../report/text/heap-changes.js';
import { jsonText } from '../../report/text/json.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { wrapped } from '../../text/text-width.js';
import { type Console, writeLines } from '../console/console.js';
import { widthOfTerminal } from '../console/terminal.js';
import { checkHeapOptions, type HeapTableValues, heapKeyType } from '../options/heap-options.js';
import { type MarkdownValues, rowsOfDocument } from '../options/markdown-option.js';
import { DEFAULT_ROWS } from '../options/shared-options.js';
import { checkHeapPair, compareHeapFiles } from './compare-heap-files.js';
import { damageOf, damages } from './open-heap.js';

interface ComparingHeaps {
  readonly values: HeapTableValues & MarkdownValues & { readonly survivors: boolean };
  readonly console: Console;
}

/** Writes what changed between two heap snapshots. @returns the growth in bytes @throws UsageError if they cannot be compared */
export async function printHeapChanges(oldFile: string, file: string | undefined, { values, console }: ComparingHeaps): Promise<number> {
  const { out, err, cwd } = console;
  if (file === undefined) throw new UsageError(`${oldFile} is one heap snapshot; give a later one of the same process to compare it with`);
  check([oldFile, file], values);
  const { old, now, comparison, total } = await compareHeapFiles(oldFile, file, {
    values,
    console,
    notes: values.json || values.markdown ? err : out,
  });
  if (values.json || values.markdown) {
    const top = rowsOfDocument(values);
    const rows = { ...comparison, types: comparison.types.slice(0, top), collections: comparison.collections.slice(0, top) };
    const document = {
      ...heapChangesJson(rows, total),
      groups: comparison.types.filter(isChanged).length,
      notes: [...isOneProcessNote(comparison), ...damages([old, now])],
      ...damageOf([old, now]),
    };
    out.write(values.json ? jsonText(document) : statisticsPage(document, { top, cwd }));
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
