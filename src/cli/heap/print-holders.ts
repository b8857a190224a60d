import { explainWhat } from '../../heap-graph/paths/explain.js';
import { parseWhat, whatInFile } from '../../heap-graph/paths/what.js';
import { answerPage } from '../../report/markdown/answer-page.js';
import { HOLDER_COLUMNS, holdersAnswer } from '../../report/markdown/holders-answer.js';
import { answerContext } from '../../report/markdown/row-place.js';
import { holdersJson, holdersLines } from '../../report/text/holders.js';
import { jsonText } from '../../report/text/json.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import { type Console, writeLines } from '../console/console.js';
import { widthOfTerminal } from '../console/terminal.js';
import { isHeapFile } from '../options/heap-argument.js';
import { type PartialValues, refusePartial } from '../options/heap-options.js';
import type { MarkdownValues } from '../options/markdown-option.js';
import { askProcess, checkFileOptions, type ProcessValues } from './ask-process.js';
import { originalPlaces } from './map-places.js';
import { damageOf, openHeap } from './open-heap.js';

export interface HolderValues extends ProcessValues, PartialValues, MarkdownValues {
  readonly top: number;
  readonly json: boolean;
  readonly ignoreEdge: readonly string[];
}

export interface HolderPrinting {
  readonly values: HolderValues;
  /** null: print the lines of the code that ran. */
  readonly mapper: SourceMapper | null;
  readonly console: Console;
}

interface Question {
  /** A file or a process; undefined if an option names the process. */
  readonly place: string | undefined;
  /** As the user gave it. */
  readonly what: string;
}

/** Writes what keeps objects alive. @throws UsageError if there is no such object */
export async function printHolders({ place, what }: Question, { values, mapper, console }: HolderPrinting): Promise<void> {
  const { out, err, cwd } = console;
  const options = { top: values.top, ignoreEdges: values.ignoreEdge };
  const ofFile = async (file: string) => {
    checkFileOptions(values);
    const wanted = whatInFile(what);
    const heap = await openHeap(file, { values, console, notes: values.json || values.markdown ? err : out });
    return { ...explainWhat(heap, wanted, { ...options, originalOf: originalPlaces(mapper) }), ...damageOf([heap]) };
  };
  const ofProcess = () => {
    refusePartial(values, 'a process');
    const lines = values.lines ?? parseWhat(what).kind === 'place';
    return askProcess({ ...values, lines }, { name: place, tracesObjects: true, console }, (tracer) =>
      tracer.why(what, { ...options, originalPlaces: ({ sourceMaps }) => originalPlaces(mapper, sourceMaps) }),
    );
  };
  const explanation = place !== undefined && isHeapFile(place) ? await ofFile(place) : await ofProcess();
  const document = holdersJson({ what, explanation });
  if (values.json) out.write(jsonText(document));
  else if (values.markdown) out.write(answerPage(holdersAnswer(document, answerContext(cwd)), HOLDER_COLUMNS));
  else writeLines(out, holdersLines({ what, explanation }, { cwd, width: widthOfTerminal(out) }));
}
