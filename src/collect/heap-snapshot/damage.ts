import { BadProfileError } from '../../errors.js';

export function damaged(what: string): BadProfileError {
  return new BadProfileError(`the heap snapshot is damaged: ${what}`);
}

/** The character as a message can show it. */
export function shown(code: number): string {
  return JSON.stringify(String.fromCharCode(code));
}
