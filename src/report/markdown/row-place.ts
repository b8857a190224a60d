import { sourceLineInside } from '../../snapshot/project-source.js';
import { shortPath } from '../text/place.js';
import { shownName } from './markdown-text.js';

/** How an answer shows places. */
export interface AnswerContext {
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string;
  /** The trimmed line of a source; '' if it cannot be read, or must not. */
  readonly sourceOf: (filename: string, lineno: number) => string;
}

/** @param folders sources elsewhere are not shown, because a profile may name any file */
export function answerContext(cwd: string, folders: readonly string[] = [cwd]): AnswerContext {
  const sourceOf = (filename: string, lineno: number) =>
    folders.map((folder) => sourceLineInside(filename, lineno, folder)).find((line) => line !== '') ?? '';
  return { cwd, sourceOf };
}

/** A stack in a JSON document. */
export interface DocumentTraceback {
  readonly frames: readonly { readonly filename: string; readonly lineno: number; readonly functionName: string }[];
}

export interface RowPlace {
  /** `src/app.js:7`, a type, a label, …; of a stack the newest frame first. Text from the program. */
  readonly place: string;
  /** Left out if it is not known. */
  readonly function?: string;
  /** The source line, where it can be read. */
  readonly source?: string;
}

const MAX_PLACE = 160;
const MAX_FUNCTION = 80;
const MAX_SOURCE = 120;
/** Of a stack, so many frames are shown. */
const MOST_FRAMES = 4;
/** The names of these keys are no files. */
const NO_FILES: ReadonlySet<string> = new Set(['label', 'type', 'thread', 'domain', 'package']);

/** @param keyType what the rows are grouped by */
export function rowPlace({ frames }: DocumentTraceback, keyType: string, { cwd, sourceOf }: AnswerContext): RowPlace {
  const newestFirst = [...frames].reverse();
  const { filename = '', lineno = 0, functionName = '' } = newestFirst[0] ?? {};
  const shown = newestFirst.slice(0, MOST_FRAMES).map((frame) => placeText(frame, keyType, cwd));
  const older = newestFirst.length - shown.length;
  const source = sourceOf(filename, lineno);
  return {
    place: shownName([...shown, ...(older > 0 ? [`${older} older frames`] : [])].join(' < '), MAX_PLACE),
    ...(functionName !== '' && { function: shownName(functionName, MAX_FUNCTION) }),
    ...(source !== '' && { source: shownName(source, MAX_SOURCE) }),
  };
}

/** `src/app.js:7` */
export function placeText({ filename, lineno }: { filename: string; lineno: number }, keyType: string, cwd: string): string {
  return `${NO_FILES.has(keyType) ? filename : shortPath(filename, cwd)}${lineno > 0 ? `:${lineno}` : ''}`;
}
