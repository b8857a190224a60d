import { UsageError } from '../../errors.js';
import { explainBuffers } from '../../heap-graph/buffers/explain-buffers.js';
import { answerPage } from '../../report/markdown/answer-page.js';
import { buffersAnswer, HOLDER_COLUMNS } from '../../report/markdown/holders-answer.js';
import { answerContext } from '../../report/markdown/row-place.js';
import { bufferLines } from '../../report/text/buffers.js';
import { jsonText } from '../../report/text/json.js';
import { writeLines } from '../console/console.js';
import { widthOfTerminal } from '../console/terminal.js';
import { isHeapFile } from '../options/heap-argument.js';
import { refusePartial } from '../options/heap-options.js';
import { askProcess, checkFileOptions } from './ask-process.js';
import { originalPlaces } from './map-places.js';
import { damageOf, openHeap } from './open-heap.js';
import type { HolderPrinting } from './print-holders.js';

/** Writes who holds the memory outside of the heap. @param place a file or a process; undefined if an option names the process */
export async function printBuffers(place: string | undefined, { values, mapper, console }: HolderPrinting): Promise<void> {
  const { out, err, cwd } = console;
  const { top, ignoreEdge } = values;
  if (ignoreEdge.length > 0) throw new UsageError('--buffers shows the shortest paths; leave --ignore-edge out');
  const ofFile = async (file: string) => {
    checkFileOptions(values);
    const heap = await openHeap(file, { values, console, notes: values.json || values.markdown ? err : out });
    return { ...explainBuffers(heap, { top, originalOf: originalPlaces(mapper) }), ...damageOf([heap]) };
  };
  const ofProcess = () => {
    refusePartial(values, 'a process');
    const tracesObjects = values.for !== undefined || values.lines === true;
    return askProcess(values, { name: place, tracesObjects, console }, (tracer) =>
      tracer.whyBuffers({ top, originalPlaces: ({ sourceMaps }) => originalPlaces(mapper, sourceMaps) }),
    );
  };
  const holders = place !== undefined && isHeapFile(place) ? await ofFile(place) : await ofProcess();
  if (values.json) out.write(jsonText(holders));
  else if (values.markdown) out.write(answerPage(buffersAnswer(holders, answerContext(cwd)), HOLDER_COLUMNS));
  else writeLines(out, bufferLines(holders, { cwd, width: widthOfTerminal(out) }));
}
