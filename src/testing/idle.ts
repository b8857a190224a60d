import { setImmediate } from 'node:timers';

/** Lets what the calls have begun end: closing handles, callbacks of the garbage collection, writes to the console. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
