// A worker with its own environment or arguments does not inherit what NODE_OPTIONS preloads, and the processes that it starts would not be followed.
// So the preload is added to its environment or its arguments.
const threads = require('node:worker_threads') as typeof import('node:worker_threads');

interface WorkerOptions {
  readonly env?: unknown;
  readonly execArgv?: unknown;
}
interface Preload {
  /** The option, as it stands in NODE_OPTIONS. */
  readonly option: string;
  readonly argument: string;
}

function followWorkers(preload: Preload): void {
  if (!threads.isMainThread) process.execArgv = process.execArgv.filter((argument) => argument !== preload.argument);
  Object.assign(threads, {
    Worker: new Proxy(threads.Worker, {
      construct: (Worker, [file, options, ...rest], newTarget) =>
        Reflect.construct(Worker, [file, withPreload(options as WorkerOptions | undefined, preload), ...rest], newTarget) as object,
    }),
  });
}

/** Adds only the preload, not all of our NODE_OPTIONS: Node refuses options of the process in the environment of a worker. */
function withPreload(options: WorkerOptions | undefined, { option, argument }: Preload): WorkerOptions | undefined {
  const { env, execArgv } = options ?? {};
  if (Array.isArray(execArgv)) return changed(options, { execArgv: [...(execArgv as unknown[]), argument] });
  if (typeof env !== 'object' || env === null) return options;
  const { NODE_OPTIONS } = env as { readonly NODE_OPTIONS?: unknown };
  return changed(options, { env: { ...env, NODE_OPTIONS: NODE_OPTIONS ? `${option} ${NODE_OPTIONS}` : option } });
}

/** The options may be frozen. Their prototype is kept, because Node reads inherited options, too. */
function changed(options: WorkerOptions | undefined, own: WorkerOptions): WorkerOptions {
  return Object.create(options as object, Object.getOwnPropertyDescriptors(own)) as WorkerOptions;
}

module.exports = followWorkers;
