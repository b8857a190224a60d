import { UsageError } from '../../errors.js';

type Named<Value> = Readonly<Record<string, Value>>;

/** @param names the options that exist, as keys @throws UsageError */
export function checkNames(options: object, names: Named<true>): void {
  if (typeof options !== 'object' || options === null) throw new UsageError(`the options must be an object, not ${String(options)}`);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown !== undefined) throw new UsageError(`there is no option ${unknown}; there are ${Object.keys(names).join(', ')}`);
}

/** @throws UsageError */
export function checkWhole(option: Named<number>, least: number): void {
  for (const [name, value] of Object.entries(option)) {
    if (!Number.isInteger(value) || value < least)
      throw new UsageError(`${name} must be a whole number of at least ${least}, not ${String(value)}`);
  }
}

/** @throws UsageError */
export function checkText(option: Named<string>): void {
  for (const [name, value] of Object.entries(option))
    if (typeof value !== 'string') throw new UsageError(`${name} must be a string, not ${typeof value}`);
}
