// Runs in a program whose memory is told apart by labels. Every wrapper of a true line runs its expression below a function of the current label, so
// that V8 has the label in the stack of each sample: the function's name is the label, and the name of its script is that of all labels.
type AsyncHooks = typeof import('node:async_hooks');
type Emitter = import('node:events').EventEmitter;
type Emit = (this: Emitter, ...args: unknown[]) => boolean;
type Require = (name: string) => unknown;

/** Calls the wrapper of an expression with the variables of the program that it takes: up to 8, or `all`. */
interface Labelled {
  (wrapper: (...values: unknown[]) => unknown, ...values: unknown[]): unknown;
  all(wrapper: (...values: unknown[]) => unknown, ...values: unknown[]): unknown;
}

/** What work is done for. It is one object for all work of a request, so that a finer label holds for all of it. */
interface Context {
  labelled: Labelled;
}

interface Settings {
  /** Label every request of an HTTP server. */
  readonly requests: boolean;
  /** Requests to keep apart, or together, by a pattern: `GET /files/*`. */
  readonly routes: readonly string[];
  /** The names of what is put into the program; see label-names.ts. */
  readonly names: { readonly current: string; readonly registry: string; readonly script: string; readonly other: string };
}

interface Request {
  readonly method?: string;
  readonly url?: string;
  readonly httpVersionMajor?: number;
}

const MOST_LABELS = 256;
const MOST_CHARACTERS = 200;
/** A server's events of HTTP/1 that begin the work of a request. */
const BEGINNINGS = new Set<unknown>(['request', 'checkContinue', 'checkExpectation', 'upgrade', 'connect']);

/** @returns whether the program had no labels before */
function install(load: Require, { requests, routes, names }: Settings): boolean {
  const registry = Symbol.for(names.registry);
  if (registry in globalThis) return false;
  const { AsyncLocalStorage } = load('async_hooks') as AsyncHooks;
  const storage = new AsyncLocalStorage<Context>();
  const labelledAs = createLabels(load('vm') as typeof import('node:vm'), names);
  const unlabelled = labelledAs('');
  let isOn = true;

  const within = <Result,>(context: Context, work: () => Result): Result => {
    const before = storage.getStore();
    storage.enterWith(context); // what `run` does, without its frame in the stacks of the program
    try {
      return work();
    } finally {
      storage.enterWith(before as Context);
    }
  };
  const undo = requests ? labelRequests(load, { within, current: () => storage.getStore(), contextOf, isOn: () => isOn }) : () => {};

  function contextOf(request: Request): Context {
    return { labelled: labelledAs(routeOf(request, patterns)) };
  }
  const patterns = routes.map(patternOf);

  const visible = {
    version: 1,
    withLabel: <Result,>(label: string, work: () => Result): Result => within({ labelled: labelledAs(label) }, work),
    setLabel(label: string): void {
      const context = storage.getStore();
      if (context) context.labelled = labelledAs(label);
      else storage.enterWith({ labelled: labelledAs(label) });
    },
    /** @param isKept whether functions of the program may still call what a wrapper calls */
    remove(isKept: boolean): void {
      isOn = false;
      undo();
      storage.disable();
      delete (globalThis as Record<symbol, unknown>)[registry];
      if (!isKept) delete (globalThis as Record<string, unknown>)[names.current];
    },
  };
  Object.defineProperty(globalThis, registry, { value: Object.freeze(visible), configurable: true });
  Object.defineProperty(globalThis, names.current, { value: () => storage.getStore()?.labelled ?? unlabelled, configurable: true });
  return true;
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
    const label = value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS - 1)}…` : value;
    return known.get(label) ?? (known.size <= MOST_LABELS ? make(label) : (known.get(other) ?? make(other)));
  };
}

class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: a subclass then adds its private field to this object
    return object;
  }
}

/**
 * Keeps the context of an object in a private field of that object, which nothing in the program can see. A WeakMap would cost eight times as much for
 * each request, and more at each collection.
 */
class Followed extends Given {
  #context: Context;

  private constructor(object: object, context: Context) {
    super(object);
    this.#context = context;
  }

  static contextOf(object: object): Context | undefined {
    return #context in object ? object.#context : undefined;
  }

  static set(object: object, context: Context): void {
    if (#context in object) object.#context = context;
    else if (Object.isExtensible(object)) new Followed(object, context);
  }
}

interface Labelling {
  within<Result>(context: Context, work: () => Result): Result;
  current(): Context | undefined;
  contextOf(request: Request): Context;
  isOn(): boolean;
}

/**
 * Labels what servers of HTTP do for a request, also for requests on connections that exist already. A server tells of a request by an event, and so do
 * the request, its response and its socket of what comes later, which Node calls from the context of the connection.
 *
 * @returns a function that takes it back
 */
function labelRequests(load: Require, { within, current, contextOf, isOn }: Labelling): () => void {
  const undo: (() => void)[] = [];
  const changed = new Set<object>();

  /** Puts `emit` before the one that objects of this prototype have, whoever made that. */
  const change = (prototype: Emitter, make: (next: Emit) => Emit) => {
    if (changed.has(prototype)) return;
    changed.add(prototype);
    const own = Object.getOwnPropertyDescriptor(prototype, 'emit');
    const next: Emit = own
      ? (own.value as Emit)
      : function (...args) {
          return Reflect.apply((Object.getPrototypeOf(prototype) as { emit: Emit }).emit, this, args);
        };
    const emit = make(next);
    Object.defineProperty(emit, 'name', { value: 'emit' });
    Object.defineProperty(prototype, 'emit', { value: emit, writable: true, configurable: true, enumerable: own?.enumerable ?? false });
    undo.push(() => {
      if (Object.getOwnPropertyDescriptor(prototype, 'emit')?.value !== emit) return; // somebody has put more before it, and it passes everything on
      if (own) Object.defineProperty(prototype, 'emit', own);
      else delete (prototype as Partial<Emitter>).emit;
    });
  };
  const followed = (next: Emit): Emit =>
    function (...args) {
      const context = isOn() ? Followed.contextOf(this) : undefined;
      if (context === undefined || context === current()) return Reflect.apply(next, this, args);
      return within(context, () => Reflect.apply(next, this, args));
    };
  const follow = (emitter: unknown, context: Context) => {
    if (typeof emitter !== 'object' || emitter === null || typeof (emitter as Emitter).emit !== 'function') return;
    Followed.set(emitter, context);
    for (let at = Object.getPrototypeOf(emitter); at; at = Object.getPrototypeOf(at)) if (changed.has(at)) return;
    change(Object.getPrototypeOf(emitter) as Emitter, followed);
  };
  const begins =
    (contextIn: (args: unknown[]) => Context | undefined) =>
    (next: Emit): Emit =>
      function (...args) {
        const context = isOn() ? contextIn(args) : undefined;
        return context === undefined ? Reflect.apply(next, this, args) : within(context, () => Reflect.apply(next, this, args));
      };
  const request = begins(([event, request, other]) => {
    if (!BEGINNINGS.has(event) || typeof request !== 'object' || request === null || (request as Request).httpVersionMajor === 2) return;
    const context = contextOf(request as Request);
    follow(request, context);
    follow(other, context); // its response, or its socket
    return context;
  });
  const stream = begins(([event, stream, headers]) => {
    if (event !== 'stream' || typeof headers !== 'object' || headers === null) return;
    const { ':method': method, ':path': url } = headers as Record<string, string>;
    const context = contextOf({ method: method!, url: url! });
    follow(stream, context);
    return context;
  });

  const attempt = (act: () => void) => {
    try {
      act();
    } catch {
      // a Node that was built without crypto has no https and no http2
    }
  };
  attempt(() => {
    const http = load('http') as typeof import('node:http');
    change(http.IncomingMessage.prototype, followed);
    change(http.ServerResponse.prototype, followed);
    change(http.Server.prototype, request);
  });
  attempt(() => change((load('https') as typeof import('node:https')).Server.prototype, request));
  attempt(() => {
    const http2 = load('http2') as typeof import('node:http2');
    for (const server of [http2.createServer(), http2.createSecureServer()])
      change(Object.getPrototypeOf(server) as Emitter, (next) => stream(request(next)));
  });
  return () => {
    for (const act of undo.reverse()) act();
  };
}

const ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Numbers, UUIDs, hashes and ids of digits and letters, dates and times. */
const VARYING = [
  /^[-+]?\d+(?:[.,:_-]\d+)*$/,
  new RegExp(`^\\{?${ID}\\}?$`, 'i'),
  /^(?=.*\d)[0-9a-f]{8,}$/i,
  /^(?=.*\d)(?=.*[a-z])[0-9a-z_-]{16,}$/i,
  /^\d{4}-\d\d(?:-\d\d)?(?:[T ].*)?$/,
  /@/,
];
const LONGEST_SEGMENT = 40;
/** Whether a path may have such a segment. Most have none. */
const MAY_VARY = /[\d@%]|[^/]{41}/;

interface Pattern {
  readonly label: string;
  readonly matches: RegExp;
  readonly hasMethod: boolean;
}

/**
 * `*` stands for any characters, `?` for one. What follows a `*` is looked for once: its first place is as good as any later one. (A lookahead is never
 * tried again.) Otherwise a path of 6 kB would take minutes, with four `*`.
 */
function patternOf(label: string): Pattern {
  const parts = label.split(/\*+/).map((part) => part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\?/g, '.'));
  const last = parts.length > 1 ? `.*${parts.pop()}` : '';
  const text = parts.map((part, index) => (index === 0 ? part : `(?=(.*?${part}))\\${index}`)).join('');
  return { label, matches: new RegExp(`^${text}${last}$`, 's'), hasMethod: !label.startsWith('/') };
}

/** The method and the path of a request, without what differs from one request to the next, and so also without what names a person. */
function routeOf({ method = '', url = '' }: Request, patterns: readonly Pattern[]): string {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '') || '/';
  const given = `${method} ${path}`;
  const pattern = patterns.find(({ matches, hasMethod }) => matches.test(hasMethod ? given : path));
  if (pattern) return pattern.hasMethod ? pattern.label : `${method} ${pattern.label}`;
  return MAY_VARY.test(path) ? `${method} ${path.split('/').map(plainSegment).join('/')}` : given;
}

function plainSegment(segment: string): string {
  let text = segment;
  try {
    text = decodeURIComponent(segment);
  } catch {
    // not in percent-encoding
  }
  return text.length > LONGEST_SEGMENT || VARYING.some((varies) => varies.test(text)) ? ':id' : segment;
}

module.exports = { install, routeOf, patternOf };
