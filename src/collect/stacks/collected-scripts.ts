import type { CallFrame } from './v8-profile.js';

/** Where V8 says that a function begins, 0-based. */
export type FrameStart = Pick<CallFrame, 'lineNumber' | 'columnNumber'>;

/** From where a function was called. `'loader'`: by Node's own code that runs the top level of scripts. */
export type Caller = 'loader' | 'same script' | 'elsewhere';

/** What is known of a script that V8 has collected. A profile tells only its id and the names of its functions. */
export interface CollectedScript {
  readonly url: string;
  /** Where a function of it begins; null if its name does not tell which function it is. */
  startOf(functionName: string, caller: Caller): FrameStart | null;
}

export type CollectedScripts = (scriptId: string) => CollectedScript | undefined;

/** V8 forgets the name and the lines of a script that it has collected, although objects that the script allocated live on. */
export function isCollected({ scriptId, lineNumber, columnNumber }: CallFrame): boolean {
  return scriptId !== '0' && lineNumber === -1 && columnNumber === -1;
}
