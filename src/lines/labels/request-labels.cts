// The requests of servers begin labelled work. Part of what runs in a program with labels: see label-runtime.cts.
type Emitter = import('node:events').EventEmitter;
type Emit = (this: Emitter, ...args: unknown[]) => boolean;
/** Node keeps the listeners of an emitter by event, and none under an event that has none. */
type Listening = { readonly _events?: Readonly<Record<PropertyKey, unknown>> };
type Require = (name: string) => unknown;
/** What work is done for; see label-runtime.cts. */
type Context = object;

const { routeOf, patternOf } = require('./request-routes.cjs') as {
  routeOf(request: Request, patterns: readonly unknown[]): string;
  patternOf(route: string): unknown;
};

interface Request {
  readonly method: string;
  readonly url: string;
  readonly httpVersionMajor?: number;
}

/** A server's events of HTTP/1 that begin the work of a request. */
const BEGINNINGS = new Set<unknown>(['request', 'checkContinue', 'checkExpectation', 'upgrade', 'connect']);

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

/** What sets labels; see label-runtime.cts. */
export interface Labelling {
  /** Requests to keep apart, or together, by a pattern: `GET /files/*`. */
  readonly routes: readonly string[];
  within<Self, Args extends unknown[], Result>(
    context: Context,
    work: (this: Self, ...args: Args) => Result,
    self: Self,
    args: Args,
  ): Result;
  current(): Context | undefined;
  contextOf(label: string): Context;
  isOn(): boolean;
}

/**
 * Labels what servers of HTTP do for a request, also for requests on connections that exist already. A server tells of a request by an event, and so do
 * the request, its response and its socket of what comes later, which Node calls from the context of the connection.
 *
 * @returns a function that takes it back
 */
function labelRequests(load: Require, { routes, within, current, contextOf, isOn }: Labelling): () => void {
  const patterns = routes.map(patternOf);
  const undo: (() => void)[] = [];
  const changed = new Set<object>();
  /** Prototypes of Node's requests, responses and sockets. What a program emits by hand as a request may be of any other kind. */
  const kinds: Emitter[] = [];
  const kindsByPrototype = new WeakMap<object, Emitter | null>();

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
      const context = Followed.contextOf(this);
      if (context === undefined || !isHeard(this, args[0]) || !isOn() || context === current()) return Reflect.apply(next, this, args);
      return within(context, next, this, args);
    };
  /** null: we do not follow objects of this prototype. */
  const kindOf = (prototype: Emitter): Emitter | null => {
    const known = kindsByPrototype.get(prototype);
    if (known !== undefined) return known;
    const isKind = (one: Emitter) => one === prototype || Object.prototype.isPrototypeOf.call(one, prototype);
    const kind = isStreamKind(prototype) ? prototype : (kinds.find(isKind) ?? null);
    kindsByPrototype.set(prototype, kind);
    return kind;
  };
  const follow = (emitter: unknown, context: Context) => {
    if (typeof emitter !== 'object' || emitter === null) return;
    const prototype = Object.getPrototypeOf(emitter) as Emitter | null;
    if (prototype === null) return;
    const kind = kindOf(prototype);
    if (kind === null) return;
    Followed.set(emitter, context);
    change(kind, followed);
  };
  const begins =
    (contextIn: (args: unknown[]) => Context | undefined) =>
    (next: Emit): Emit =>
      function (...args) {
        const context = isOn() ? contextIn(args) : undefined;
        return context === undefined ? Reflect.apply(next, this, args) : within(context, next, this, args);
      };
  const request = begins(([event, request, other]) => {
    if (!BEGINNINGS.has(event) || !isRequest(request) || request.httpVersionMajor === 2) return;
    const context = contextOf(routeOf(request, patterns));
    follow(request, context);
    follow(other, context); // its response, or its socket
    return context;
  });
  const stream = begins(([event, stream, headers]) => {
    if (event !== 'stream' || typeof headers !== 'object' || headers === null) return;
    const { ':method': method, ':path': url = '' } = headers as Record<string, string>; // CONNECT has no path
    if (typeof method !== 'string' || typeof url !== 'string') return;
    const context = contextOf(routeOf({ method, url }, patterns));
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
    const { Socket } = load('net') as typeof import('node:net');
    kinds.push(http.IncomingMessage.prototype, http.ServerResponse.prototype, Socket.prototype);
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

/** Whether these are the streams of an HTTP/2 server: Node does not export their prototype. */
function isStreamKind(prototype: Emitter): boolean {
  return Object.hasOwn(prototype, 'pushStream') && typeof prototype.emit === 'function';
}

/** Whether anybody listens. An error without a listener is thrown, and others may listen for all errors. */
function isHeard(emitter: Emitter, event: unknown): boolean {
  const listeners = (emitter as Listening)._events;
  return listeners === undefined || event === 'error' || listeners[event as PropertyKey] !== undefined;
}

function isRequest(value: unknown): value is Request {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Request).method === 'string' &&
    typeof (value as Request).url === 'string'
  );
}

module.exports = labelRequests;
