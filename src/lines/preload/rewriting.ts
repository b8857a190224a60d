import { pathToFileURL } from 'node:url';
import { decodePositions } from '../table/codec.js';
import { type PositionLookup, positionLookup } from '../table/position-table.js';
import type { SourceType } from '../transform/parse.js';
import { type Transformed, transform } from '../transform/transform.js';
import { type Script, withRegistration } from './registration.js';
import { isTypeScript, withoutTypes } from './type-stripping.js';

/*
 * Everything that a start from the cache does not need, in one module: parser, transform and tables take about as long to load as Node
 * takes to start.
 */

export interface SourceInfo {
  /** The script's name as V8 will report it: a `file:` URL for a module, a path for CommonJS. */
  readonly url: string;
  /** In the loaders' words (`module`, `commonjs`, `module-typescript`, …); absent if only the syntax can tell. */
  readonly format?: string | null | undefined;
}

/** How texts are made, the same for all of a program. */
export interface Making {
  /** Expressions run below the function of the current label. */
  readonly labels: boolean;
}

export interface Instrumented {
  readonly text: string;
  /** Absent if the text is the unchanged source. */
  readonly script?: Script;
  readonly problem?: string | undefined;
}

export function instrumented(source: string, { url, format }: SourceInfo, making: Making): Instrumented {
  const javaScript = isTypeScript(format) ? withoutTypes(source) : source;
  if (javaScript === undefined) return { text: source, problem: 'has TypeScript that cannot be stripped' };
  const { sourceType, result } = transformed(javaScript, format, making);
  const { positions: table, bodyStart, problem } = result;
  if (problem !== undefined) return { text: source, problem };
  if (bodyStart < 0 || table.wrappers.length + table.functions.length === 0) return { text: source };
  const isModule = sourceType === 'module' && !url.startsWith('file:');
  return withRegistration(result, isModule ? pathToFileURL(url).href : url);
}

/** A text of unknown format counts as a module only if it is not valid CommonJS, as in Node. */
function transformed(source: string, format: SourceInfo['format'], making: Making): { sourceType: SourceType; result: Transformed } {
  const as = (sourceType: SourceType) => ({ sourceType, result: transform(source, { sourceType, ...making }) });
  if (format?.startsWith('module')) return as('module');
  const commonJs = as('commonjs');
  if (commonJs.result.problem === undefined || format?.startsWith('commonjs')) return commonJs;
  const module = as('module');
  return module.result.problem === undefined ? module : commonJs;
}

/** @throws BadProfileError if the text is not a table */
export function readPositionTable(table: string): PositionLookup {
  return positionLookup(decodePositions(table));
}
