import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { openFile, openInput } from '../../formats/open-file.js';
import { DEFAULT_WARMUP } from '../../series/growth.js';
import { Series } from '../../series/series.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { printable } from '../../text/printable.js';
import { type Console, writeLines } from '../console/console.js';
import { printHeapChanges } from '../heap/print-heap-changes.js';
import { addExamples } from '../options/examples.js';
import { isHeapFile } from '../options/heap-argument.js';
import { addPartialOption, type HeapTableValues, noteGivenKey, refusePartial } from '../options/heap-options.js';
import { addMarkdownOption, type MarkdownValues } from '../options/markdown-option.js';
import { addTableOptions, addTreeOptions } from '../options/shared-options.js';
import { sourceMapperOf } from '../options/source-maps.js';
import { checkPrintOptions, printDiff, printStatistics } from '../output/print-results.js';
import { addLimitOption, type LimitValues, SizeLimit } from '../output/size-limit.js';

interface DiffValues extends HeapTableValues, LimitValues, MarkdownValues {
  readonly survivors: boolean;
}

export function configure(command: Command): Command {
  command.option('--survivors', 'print what was allocated after OLD was taken and is alive in NEW; both must be of one tracing', false);
  return addExamples(
    noteGivenKey(
      addPartialOption(
        addLimitOption(addTreeOptions(addMarkdownOption(addTableOptions(command))), 'the growth, without two standard errors,'),
      ),
    ),
    [
      ['tracemalloc diff before.tmsnap after.tmsnap', 'the lines that changed most'],
      [
        "tracemalloc diff --tree --exclude 'node:*' before.tmsnap after.tmsnap",
        'which calls led to the change, without what Node allocates itself',
      ],
    ],
  );
}

export async function run([first, second]: readonly string[], values: DiffValues, console: Console): Promise<number> {
  checkPrintOptions(values);
  const { out, err, cwd } = console;
  const printing = { stream: out, err, cwd, mapper: sourceMapperOf(values, console) };
  const limit = new SizeLimit(values, console);
  if (isHeapFile(first!) || (second !== undefined && isHeapFile(second))) {
    limit.checkHeapGrowth(await printHeapChanges(first!, second, { values, console }));
    return limit.exitCode;
  }
  refusePartial(values, first!);
  const { names, snapshots } = second === undefined ? roundsOf(first!) : filesOf(first!, second);
  const isDocument = values.json || values.markdown === true;
  if (!values.survivors) {
    if (second === undefined && !isDocument) writeLines(out, [`from ${printable(names.old)} to ${printable(names.now)}:`]);
    limit.checkGrowth(printDiff(snapshots, values, printing));
    return limit.exitCode;
  }
  const survivors = snapshots.now.allocatedSince(snapshots.old);
  if (!isDocument) writeLines(out, [`allocated after ${printable(names.old)} was taken, and alive in ${printable(names.now)}:`]);
  limit.checkTotal(printStatistics(survivors, values, printing));
  return limit.exitCode;
}

/** What is compared. */
interface Pair {
  readonly names: { readonly old: string; readonly now: string };
  readonly snapshots: { readonly old: Snapshot; readonly now: Snapshot };
}

function filesOf(old: string, now: string): Pair {
  return { names: { old, now }, snapshots: { old: openFile(old), now: openFile(now) } };
}

/** The first round of a series after the warm-up, and its last. @throws UsageError if the file has no two such rounds */
function roundsOf(file: string): Pair {
  const series = openInput(file);
  if (!(series instanceof Series)) throw new UsageError(`${file} is one snapshot; give a later one to compare it with, or a .tmseries`);
  const { length } = series.rounds;
  const needed = DEFAULT_WARMUP + 2;
  if (length < needed)
    throw new UsageError(
      `${file} has ${length} of the ${needed} rounds that a difference needs, because the first is for warming up; name two to compare them: diff ${file}@1 ${file}@2`,
    );
  return {
    names: { old: `${file}@${DEFAULT_WARMUP + 1}`, now: `${file}@${length}` },
    snapshots: { old: series.snapshot(DEFAULT_WARMUP), now: series.snapshot(-1) },
  };
}
