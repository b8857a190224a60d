import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Instrument } from './instrument.js';

/** The result of a `load` hook. */
export interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
}

/**
 * Instruments the text of a load hook's result. CommonJS is left to the compile step, which runs after all hooks. The exception is a
 * CommonJS text that another loader made for an `import`, because that text goes to V8 without the compile step.
 */
export function instrumentedModule<Answer extends Loaded>(answer: Answer, url: string, instrument: Instrument): Answer {
  const { format, source } = answer;
  if (source === null || source === undefined || !url.startsWith('file:')) return answer;
  if (format === 'module' || format === 'module-typescript') {
    const text = textOf(source);
    const result = instrument(text, { url, format });
    return result === text ? answer : { ...answer, source: result };
  }
  if (format !== 'commonjs' && format !== 'commonjs-typescript') return answer;
  const filename = fileURLToPath(url);
  const text = textOf(source);
  if (format === 'commonjs' && text === readText(filename)) return answer;
  const result = instrument(text, { url: filename, format });
  return result === text ? answer : { ...answer, source: result };
}

function textOf(source: NonNullable<Loaded['source']>): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}

function readText(filename: string): string | undefined {
  try {
    return textOf(readFileSync(filename));
  } catch {
    return undefined; // no such file, so another loader made the text
  }
}
