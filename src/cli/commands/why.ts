import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { holdersJson, holdersLines } from '../../report/text/holders.js';
import { jsonText } from '../../report/text/json.js';
import { type Console, writeLines } from '../console/console.js';
import { widthOfTerminal } from '../console/terminal.js';
import { explainFile } from '../heap/explain-file.js';
import { printBuffers } from '../heap/print-buffers.js';
import { addExamples } from '../options/examples.js';
import { heapArguments, isHeapFile } from '../options/heap-argument.js';
import { collected, rowCount } from '../options/option-values.js';
import { addSourceMapOptions, type SourceMapValues, sourceMapperOf } from '../options/source-maps.js';
import { addTargetOptions, type TargetValues } from '../options/target-argument.js';

interface WhyValues extends TargetValues, SourceMapValues {
  readonly buffers: boolean;
  readonly top: number;
  readonly json: boolean;
  readonly ignoreEdge: readonly string[];
}

const DEFAULT_PATHS = 5;

export function configure(command: Command): Command {
  addTargetOptions(command)
    .option('--buffers', 'say who holds the memory outside of the heap, instead of WHAT; of a heap snapshot file', false)
    .option('--top <n>', 'how many groups of paths to print, or all', rowCount, DEFAULT_PATHS)
    .option(
      '--ignore-edge <pattern>',
      'take links of this name as if they held nothing (cache, Session.user, * ? [...]); repeatable',
      collected,
      [],
    )
    .option('--json', 'print one JSON document instead of text', false);
  return addExamples(addSourceMapOptions(command), [
    ['tracemalloc why 4711 Session', 'what holds the objects of class Session in process 4711'],
    ['tracemalloc why Heap.20261201.heapsnapshot @61511', 'what holds one object of a saved heap'],
  ]);
}

export async function run(words: readonly string[], values: WhyValues, console: Console): Promise<number> {
  if (values.buffers) return printBuffers(words, values, console);
  const { place, what } = heapArguments(words, values);
  const mapper = sourceMapperOf(values, console);
  const options = { what, mapper, top: values.top, ignoreEdges: values.ignoreEdge };
  if (place === undefined || !isHeapFile(place)) throw new UsageError(`${place} is no heap snapshot`);
  const explanation = await explainFile(place, options);
  if (values.json) console.out.write(jsonText(holdersJson({ what, explanation })));
  else writeLines(console.out, holdersLines({ what, explanation }, { cwd: console.cwd, width: widthOfTerminal(console.out) }));
  return 0;
}
