import Module, { syncBuiltinESMExports } from 'node:module';

type Method = (...args: never[]) => unknown;
type Methods<Name extends string> = Record<Name, Method | undefined>;

/** Calls `after` whenever other code has called this function of node:module, no matter how it imported it. */
export function afterCalls<Name extends string>(name: Name, after: () => void): void {
  const methods = Module as unknown as Methods<Name>;
  const original = methods[name];
  if (original === undefined) return;
  const wrapped = function (this: unknown, ...args: never[]): unknown {
    const result = Reflect.apply(original, this, args);
    after();
    return result;
  };
  for (const key of ['name', 'length'] as const) Object.defineProperty(wrapped, key, { value: original[key], configurable: true });
  methods[name] = wrapped;
  syncBuiltinESMExports();
}
