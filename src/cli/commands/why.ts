import type { Command } from 'commander';
import type { Console } from '../console/console.js';
import { printBuffers } from '../heap/print-buffers.js';
import { type HolderValues, printHolders } from '../heap/print-holders.js';
import { addExamples } from '../options/examples.js';
import { heapArguments } from '../options/heap-argument.js';
import { addPartialOption } from '../options/heap-options.js';
import { addMarkdownOption } from '../options/markdown-option.js';
import { collected, duration, rowCount } from '../options/option-values.js';
import { addSourceMapOptions, type SourceMapValues, sourceMapperOf } from '../options/source-maps.js';
import { addTargetOptions } from '../options/target-argument.js';

interface WhyValues extends HolderValues, SourceMapValues {
  readonly buffers: boolean;
}

const DEFAULT_PATHS = 5;

export function configure(command: Command): Command {
  addTargetOptions(command)
    .option('--buffers', 'say who holds the memory outside of the heap, such as that of Buffers; instead of WHAT', false)
    .option('--top <n>', 'how many groups of paths to print, or all', rowCount, DEFAULT_PATHS)
    .option(
      '--ignore-edge <pattern>',
      'take links of this name as if they held nothing (cache, Session.user, * ? [...]); repeatable',
      collected,
      [],
    )
    .option(
      '--for <time>',
      'of a process: how long to trace objects before the snapshot, so that links have places; default 5 seconds, with --buffers not at all',
      duration,
    )
    .option('--lines', 'of a process: true lines for the places; needs no asking if WHAT is a place')
    .option('--no-lines', 'of a process: no true lines, even if WHAT is a place')
    .option('--take-over', 'of a process: if another tool tracks its objects, end that')
    .option('--yes', 'of a process: also if it may lack the memory for a heap snapshot, or will stand still for long')
    .option('--json', 'print one JSON document instead of text', false);
  return addExamples(addSourceMapOptions(addPartialOption(addMarkdownOption(command))), [
    ['tracemalloc why 4711 Session', 'what holds the objects of class Session in process 4711'],
    ['tracemalloc why Heap.20261201.heapsnapshot @61511', 'what holds one object of a saved heap'],
  ]);
}

export async function run(words: readonly string[], values: WhyValues, console: Console): Promise<number> {
  const { place, what } = heapArguments(words, values);
  const printing = { values, mapper: sourceMapperOf(values, console), console };
  if (what === null) await printBuffers(place, printing);
  else await printHolders({ place, what }, printing);
  return 0;
}
