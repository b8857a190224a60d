// Runs in a program whose memory is told apart by labels. Every wrapper of a true line runs its expression below a function of the current label, so
// that V8 has the label in the stack of each sample: the function's name is the label, and the name of its script is that of all labels.
type AsyncHooks = typeof import('node:async_hooks');
type Require = (name: string) => unknown;

const labelRequests = require('./request-labels.cjs') as (load: Require, labelling: Labelling) => () => void;

/** Calls the wrapper of an expression with the variables of the program that it takes: up to 8, or `all`. */
interface Labelled {
  (wrapper: (...values: unknown[]) => unknown, ...values: unknown[]): unknown;
  all(wrapper: (...values: unknown[]) => unknown, ...values: unknown[]): unknown;
}

/** What work is done for. It is one object for all work of a request, so that a finer label holds for all of it. */
interface Context {
  labelled: Labelled;
}

type Labelling = import('./request-labels.cjs').Labelling;

interface Settings {
  /** Label every request of an HTTP server. */
  readonly requests: boolean;
  /** Requests to keep apart, or together, by a pattern: `GET /files/*`. */
  readonly routes: readonly string[];
  /** The names of what is put into the program; see label-names.ts. */
  readonly names: { readonly current: string; readonly registry: string; readonly script: string; readonly other: string };
}

const MOST_LABELS = 256;
const MOST_CHARACTERS = 200;
/** The first half of a surrogate pair, at the end. */
const HALF_PAIR = /[\uD800-\uDBFF]$/;

/** @returns whether the program had no labels before */
function install(load: Require, { requests, routes, names }: Settings): boolean {
  const registry = Symbol.for(names.registry);
  if (registry in globalThis) return false;
  const { AsyncLocalStorage } = load('async_hooks') as AsyncHooks;
  const storage = new AsyncLocalStorage<Context>();
  // If the program replaces these methods of the prototype by its own, whose wrappers ask for the current label, this storage keeps Node's.
  Object.assign(storage, { getStore: storage.getStore, enterWith: storage.enterWith });
  const labelledAs = createLabels(load('vm') as typeof import('node:vm'), names);
  const unlabelled = labelledAs('');
  let isOn = true;

  const within: Labelling['within'] = (context, work, self, args) => {
    const before = storage.getStore();
    storage.enterWith(context as Context); // what `run` does, without its frame in the stacks of the program
    try {
      return Reflect.apply(work, self, args);
    } finally {
      storage.enterWith(before as Context);
    }
  };
  const contextOf = (label: string): Context => ({ labelled: labelledAs(label) });
  const undo = requests
    ? labelRequests(load, { routes, within, current: () => storage.getStore(), contextOf, isOn: () => isOn })
    : () => {};

  const visible = {
    version: 1,
    withLabel: <Result,>(label: string, work: () => Result): Result => within(contextOf(label), work, undefined, []),
    setLabel(label: string): void {
      const context = storage.getStore();
      if (context) context.labelled = labelledAs(label);
      else storage.enterWith(contextOf(label));
    },
    /** What a wrapper calls stays, without labels: V8 keeps the edited text of a closure that was made inside of a wrapper, also after the edit is undone. */
    remove(): void {
      isOn = false;
      undo();
      storage.disable();
      delete (globalThis as Record<symbol, unknown>)[registry];
      setCurrent(always(unlabelled));
    },
  };
  const setCurrent = (value: () => Labelled) => Object.defineProperty(globalThis, names.current, { value, configurable: true });
  Object.defineProperty(globalThis, registry, { value: Object.freeze(visible), configurable: true });
  setCurrent(() => storage.getStore()?.labelled ?? unlabelled);
  return true;
}

/** It holds nothing else. */
function always<Value>(value: Value): () => Value {
  return () => value;
}

/** Makes a function for each label, in a script of its own. A method's name is in the text, so V8 has it without running anything. */
function createLabels(vm: typeof import('node:vm'), { script, other }: Settings['names']): (label: string) => Labelled {
  const known = new Map<string, Labelled>();
  const make = (label: string): Labelled => {
    const name = JSON.stringify(label).replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
    const functions = `[{${name}(f,a,b,c,d,e,g,h,i){return f(a,b,c,d,e,g,h,i)}},{${name}(f,...all){return f(...all)}}]`;
    const text = `${functions}.map((one)=>one[${name}])`;
    const [labelled, all] = vm.runInThisContext(text, { filename: script }) as [Labelled, Labelled['all']];
    labelled.all = all;
    known.set(label, labelled);
    return labelled;
  };
  return (value) => {
    const label = value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS - 1).replace(HALF_PAIR, '')}…` : value;
    return known.get(label) ?? (known.size <= MOST_LABELS ? make(label) : (known.get(other) ?? make(other)));
  };
}

module.exports = { install };
