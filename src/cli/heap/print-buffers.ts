import { UsageError } from '../../errors.js';
import { HeapGraph } from '../../heap-graph/heap-graph.js';
import { bufferLines } from '../../report/text/buffers.js';
import { jsonText } from '../../report/text/json.js';
import { writeLines } from '../console/console.js';
import { widthOfTerminal } from '../console/terminal.js';
import { isHeapFile } from '../options/heap-argument.js';
import { askProcess, checkFileOptions } from './ask-process.js';
import { originalPlaces } from './map-places.js';
import type { HolderPrinting } from './print-holders.js';

/** Writes who holds the memory outside of the heap. @param place a file or a process; undefined if an option names the process */
export async function printBuffers(place: string | undefined, { values, mapper, console }: HolderPrinting): Promise<void> {
  const { out, cwd } = console;
  const { top, ignoreEdge } = values;
  if (ignoreEdge.length > 0) throw new UsageError('--buffers shows the shortest paths; leave --ignore-edge out');
  const ofFile = async (file: string) => {
    checkFileOptions(values);
    return (await HeapGraph.read(file)).whyBuffers({ top, originalOf: originalPlaces(mapper) });
  };
  const ofProcess = () =>
    askProcess(values, { name: place, console }, (tracer) =>
      tracer.whyBuffers({ top, originalPlaces: ({ sourceMaps }) => originalPlaces(mapper, sourceMaps) }),
    );
  const holders = place !== undefined && isHeapFile(place) ? await ofFile(place) : await ofProcess();
  if (values.json) out.write(jsonText(holders));
  else writeLines(out, bufferLines(holders, { cwd, width: widthOfTerminal(out) }));
}
