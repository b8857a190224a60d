import Module from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Instrument } from './instrument.js';

type Compile = (this: unknown, content: string, filename: string, format?: string, ...rest: unknown[]) => unknown;

/**
 * Hooks into the last step of Node's CommonJS loader. This step sees a file after all other loaders, no matter when they were registered.
 * From Node 20 on it also sees ES modules that are `require`d. If a program replaces this method, its version calls ours, or compiles the
 * text itself and the file has no true lines.
 *
 * The function below is on the stack of all top-level code of a CommonJS program. It has its own file so that its frames can be told from
 * the rest of our code and left out of stacks.
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

/** Identifies the frames of the function above. */
export const COMPILE_STEP = import.meta.url;
