import { PassThrough } from 'node:stream';
import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.js';
import { KEY_TYPES, type KeyType } from '../../snapshot/statistics/key-type.js';
import type { Console } from '../console/console.js';
import { firstInterruption } from '../console/interruption.js';
import { LiveView } from '../live/live-view.js';
import { addExamples } from '../options/examples.js';
import { addLabelFilter, type FilterValues, withLabels } from '../options/filter-options.js';
import { addTracingOptions, checkOwn, ownOption, startOptions, type TracingValues } from '../options/shared-options.js';
import { addEmbedOption, addSourceMapOptions, type SourceMapValues, shown, sourceMapperOf, withEmbedded } from '../options/source-maps.js';
import { addTargetOptions, type TargetValues, targetOf } from '../options/target-argument.js';
import { checkTypes } from '../output/print-results.js';
import { whileTracing } from '../tracing/while-tracing.js';

interface TopValues extends TracingValues, SourceMapValues, TargetValues, Pick<FilterValues, 'onlyLabel'> {
  readonly groupBy: KeyType;
  readonly own?: true;
  readonly color: boolean;
}

export function configure(command: Command): Command {
  addTargetOptions(command)
    .addOption(new Option('--group-by <key>', 'what to group by at first').choices(KEY_TYPES).default('lineno'))
    .addOption(ownOption());
  return addExamples(addEmbedOption(addSourceMapOptions(addLabelFilter(addTracingOptions(command)))), [
    ['tracemalloc top 4711', 'the lines of process 4711 that hold the most'],
    ['tracemalloc top --port 9229 --group-by package', 'the packages of the program whose inspector is on port 9229'],
  ]);
}

export async function run([name]: readonly string[], values: TopValues, console: Console): Promise<number> {
  const { target, label } = targetOf(name, values);
  const start = startOptions(values);
  checkOwn(values);
  checkTypes(values);
  if (!console.out.isTTY || !process.stdin.isTTY || process.env.TERM === 'dumb')
    throw new UsageError('top needs a terminal that can be redrawn, for its input and output; tracemalloc attach prints a table anywhere');
  const warnings = new PassThrough(); // printed at the end, because the view would draw over them
  const mapper = sourceMapperOf(values, { ...console, err: warnings });
  const interruption = firstInterruption();
  try {
    await whileTracing({ target, start, console }, async (tracer) => {
      const view = new LiveView(tracer, {
        label,
        keyType: values.groupBy,
        onlyLabels: values.onlyLabel,
        color: values.color,
        console,
        input: process.stdin,
        interrupted: interruption.came,
        shown: (snapshot) => shown(snapshot, mapper),
        selected: (snapshot) => withLabels(snapshot, values),
        saved: (snapshot) => withEmbedded(snapshot, values, mapper),
      });
      await view.show();
    });
  } finally {
    interruption.ignore();
    console.err.write(warnings.read() ?? '');
  }
  return 0;
}
