import Module from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Instrument } from './instrument.js';

type Compile = (this: unknown, content: string, filename: string, format?: string, ...rest: unknown[]) => unknown;

/**
 * Takes part in the last step of Node's CommonJS loader, which sees what all other loaders have made of a file, whenever they were registered,
 * and, from Node 20 on, ES modules that are `require`d. A program that replaces this method calls ours, or compiles by itself and goes on without lines.
 *
 * The function below stands on the stack of everything that a CommonJS program does at top level: it has a file of its own so that its frames
 * can be told from the rest of our code and left out of stacks.
 */
export function installCompileStep(instrument: Instrument): void {
  const prototype = Module.prototype as unknown as { _compile: Compile };
  const original = prototype._compile;
  const textOf = (content: string, filename: string, format: string | undefined): string => {
    if (typeof content !== 'string' || typeof filename !== 'string') return content;
    return instrument(content, { url: format === 'module' ? pathToFileURL(filename).href : filename, format });
  };
  const compile: Compile = function (content, filename, ...rest) {
    return Reflect.apply(original, this, [textOf(content, filename, rest[0]), filename, ...rest]);
  };
  for (const name of ['name', 'length'] as const) {
    Object.defineProperty(compile, name, { value: original[name], configurable: true });
  }
  prototype._compile = compile;
}

/** Tells the frames of the function above. */
export const COMPILE_STEP = import.meta.url;
