import { UsageError } from '../../errors.js';
import { HeapGraph } from '../../heap-graph/heap-graph.js';
import { bufferLines } from '../../report/text/buffers.js';
import { jsonText } from '../../report/text/json.js';
import { type Console, writeLines } from '../console/console.js';
import { widthOfTerminal } from '../console/terminal.js';
import { isHeapFile } from '../options/heap-argument.js';
import { type SourceMapValues, sourceMapperOf } from '../options/source-maps.js';
import { checkFileOptions, type LiveValues } from './explain-live.js';
import { originalPlaces } from './map-places.js';

interface BufferValues extends LiveValues, SourceMapValues {
  readonly top: number;
  readonly json: boolean;
  readonly ignoreEdge: readonly string[];
}

/**
 * Writes who holds the memory outside of the heap.
 *
 * @param words of the command line: the file alone
 * @returns the exit code
 * @throws UsageError
 */
export async function printBuffers(words: readonly (string | undefined)[], values: BufferValues, console: Console): Promise<number> {
  const [file, ...rest] = words.filter((word) => word !== undefined);
  if (file === undefined || rest.length > 0) throw new UsageError('--buffers takes one heap snapshot: tracemalloc why --buffers FILE');
  if (!isHeapFile(file))
    throw new UsageError(`--buffers reads heap snapshots, and ${file} is none; have the program write one: v8.writeHeapSnapshot()`);
  checkFileOptions(values);
  if (values.ignoreEdge.length > 0) throw new UsageError('--buffers shows the shortest paths; leave --ignore-edge out');
  const originalOf = originalPlaces(sourceMapperOf(values, console));
  const graph = await HeapGraph.read(file);
  const holders = graph.whyBuffers({ originalOf, top: values.top });
  const { out, cwd } = console;
  if (values.json) out.write(jsonText(holders));
  else writeLines(out, bufferLines(holders, { cwd, width: widthOfTerminal(out) }));
  return 0;
}
