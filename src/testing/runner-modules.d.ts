/** The part of vitest's types to which we add matchers. vitest is not installed here. */
declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the declarations of an interface must have the same type parameters
  export interface Matchers<T = any> {
    readonly value?: T;
  }
  export const expect: { extend(matchers: object): void };
}
