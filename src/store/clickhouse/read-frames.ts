import { Frame } from '../../model/frame.js';
import { Traceback } from '../../model/traceback.js';
import { domainName, labelName, typeName } from '../../snapshot/statistics/column-keys.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';

/** Of the frames of a group or a stack, the oldest first. */
export type FrameArrays = readonly [
  files: readonly string[],
  lines: readonly number[],
  columns: readonly number[],
  functions: readonly string[],
  trueLines: readonly number[],
];

export function tracebackOf([files, lines, columns, functions, trueLines]: FrameArrays, totalFrames: number | null = null): Traceback {
  const frames = files.map((filename, i) => {
    const precision = trueLines[i] === 1 ? 'line' : 'function';
    return new Frame(filename, lines[i]!, { column: columns[i]!, functionName: functions[i]!, precision });
  });
  return new Traceback(frames, totalFrames);
}

/** For keys whose groups are values of a column. */
export function namedTraceback(keyType: KeyType, value: string): Traceback {
  return new Traceback([new Frame(nameOf(keyType, value), 0)]);
}

function nameOf(keyType: KeyType, value: string): string {
  if (keyType === 'domain') return domainName(Number(value));
  if (keyType === 'type') return typeName(value);
  return keyType === 'label' ? labelName(value) : value;
}
