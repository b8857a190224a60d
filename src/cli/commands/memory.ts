import type { Command } from 'commander';
import { ConnectionLostError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import { type Console, writeLines } from '../console/console.js';
import { firstInterruption } from '../console/interruption.js';
import { addExamples } from '../options/examples.js';
import { addMarkdownOption } from '../options/markdown-option.js';
import { period } from '../options/option-values.js';
import { addTargetOptions, type TargetValues, targetOf } from '../options/target-argument.js';
import { LedgerOutput, type LedgerValues } from '../output/ledger-output.js';
import { pausesOf } from '../tracing/pause.js';
import { whileAttached } from '../tracing/while-tracing.js';

interface MemoryValues extends TargetValues, LedgerValues {
  readonly workers: boolean;
  readonly gc: boolean;
}

export function configure(command: Command): Command {
  addTargetOptions(command)
    .option('--watch <time>', 'read it again whenever this time has passed (5s, 1m), until Ctrl-C; say what changed and what grows', period)
    .option(
      '--gc',
      'tell what is alive in the heaps from garbage: collect it after each reading, which stops the program for a moment',
      false,
    )
    .option('--no-workers', 'leave worker threads alone')
    .option('--json', 'print one JSON document instead of a table; with --watch, one line for each reading', false);
  return addExamples(addMarkdownOption(command), [
    ['tracemalloc memory 4711', 'what the resident memory of process 4711 consists of'],
    ['tracemalloc memory 4711 --watch 10s', 'what changes in it every 10 seconds'],
  ]);
}

export async function run([name]: readonly string[], values: MemoryValues, console: Console): Promise<number> {
  const { target, label } = targetOf(name, values);
  const { workers, gc, watch } = values;
  const interruption = firstInterruption();
  const output = new LedgerOutput(label, values, console);
  try {
    await whileAttached({ target, console }, async (tracer) => {
      output.show(await tracer.getMemory({ workers, gc }));
      if (watch === undefined) return;
      const pause = pausesOf(tracer, { label, interrupted: interruption.came, console, doing: 'watching' });
      while (await pause(watch, 'the next reading')) {
        const ledger = await tracer.getMemory({ workers, gc }).catch(nullIfLost);
        if (ledger === null) break;
        output.show(ledger);
      }
      const end = await Promise.race([tracer.closed, interruption.came]);
      if (end) writeLines(console.err, [`the target is gone: ${printable(end.reason)}`]);
    });
  } finally {
    interruption.ignore();
  }
  return 0;
}

/** The target may end while it is read. */
function nullIfLost(error: unknown): null {
  if (error instanceof ConnectionLostError) return null;
  throw error;
}
