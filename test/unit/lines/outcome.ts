import vm from 'node:vm';
import type { SourceType } from '../../../src/lines/transform/parse.js';
import { installLabelsIn } from './labels-in-context.js';

/** Everything that can be observed of the run of a program. */
export interface Outcome {
  readonly log: readonly string[];
  readonly result: string;
}

const TIME_LIMIT = 5_000;

/** Runs the text in a realm of its own, with labels, `log` and the globals of the prelude, until nothing is left to do. */
export function outcomeOf(source: string, sourceType: SourceType, { before = '', after = '' } = {}): Outcome {
  const log: string[] = [];
  const context = vm.createContext(
    { log: (...values: unknown[]) => log.push(values.map((value) => describe(value)).join(' ')) },
    { microtaskMode: 'afterEvaluate' },
  );
  installLabelsIn(context);
  const run = (code: string) => new vm.Script(code).runInContext(context, { timeout: TIME_LIMIT });
  let result = 'nothing';
  try {
    run(before);
    result = describe(sourceType === 'commonjs' ? run(commonJs(source)) : run(source));
  } catch (error) {
    result = `threw ${describe(error)}`;
  }
  try {
    run(after);
  } catch (error) {
    log.push(`at the end ${describe(error)}`);
  }
  return { log, result };
}

/** Makes the text the body of a function, as Node does. It evaluates to `exports`. */
function commonJs(source: string): string {
  return `(() => { const exports = {}; const module = { exports }; (function (exports, module) {${source}\n}).call(exports, exports, module); return module.exports; })()`;
}

/** A value as text, with everything that a program could observe: names of functions, keys in order, messages. Without stacks. */
export function describe(value: unknown, depth = 3): string {
  try {
    if (typeof value === 'string') return JSON.stringify(unquoted(value));
    if (typeof value === 'symbol' || typeof value === 'bigint') return value.toString();
    if (typeof value === 'function')
      return `function ${describe(nameOf(value), 0)}/${value.length}${depth > 0 ? members(value, depth) : ''}`;
    if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
    if (isError(value)) return `${String(value.name)}: ${unquoted(String(value.message))}`;
    const tag = Object.prototype.toString.call(value);
    return depth > 0 && tag !== '[object Promise]' ? `${tag}${members(value, depth)}` : tag; // async hooks add numbers to promises
  } catch (error) {
    return `undescribable ${isError(error) ? error.name : ''}`;
  }
}

function nameOf(value: object): unknown {
  return Object.getOwnPropertyDescriptor(value, 'name')?.value;
}

function members(value: object, depth: number): string {
  const keys = Reflect.ownKeys(value).filter(
    (key) => !['prototype', 'length', 'name', 'arguments', 'caller', 'stack'].includes(String(key)),
  );
  const shown = keys.slice(0, 12).map((key) => {
    const property = Object.getOwnPropertyDescriptor(value, key);
    return `${String(key)}: ${property && 'value' in property ? describe(property.value, depth - 1) : 'accessor'}`;
  });
  return `{${shown.join(', ')}}`;
}

function isError(value: unknown): value is Error {
  return Object.prototype.toString.call(value) === '[object Error]';
}

/** Removes the source that V8 quotes in some messages. It quotes a wrapper differently, which is the only known difference of messages. */
function unquoted(message: string): string {
  return message
    .replace(/^[\s\S]*? is not (?:a function|a constructor|iterable|async iterable)\b[\s\S]*$/, '… is not what it should be')
    .replace(/^Cannot (?:destructure|read propert)[\s\S]* (undefined|null)[\s\S]*$/, 'cannot read from $1'); // its key may be a function's text
}
