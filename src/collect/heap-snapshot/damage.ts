import { BadProfileError } from '../../errors.js';

export function damaged(what: string): BadProfileError {
  return new BadProfileError(`the heap snapshot is damaged: ${what}`);
}

/** The character in a form that a message can show. */
export function shown(code: number): string {
  return JSON.stringify(String.fromCharCode(code));
}
