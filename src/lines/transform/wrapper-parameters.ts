import type { Binding, Reference } from './bindings.js';
import type { Opening } from './events.js';
import type { FunctionScope } from './walk.js';

/** Names that a variable may have but a parameter may not have everywhere. */
const CONTEXTUAL = /^(?:yield|await|let|static|async|of|eval|arguments|implements|interface|package|private|protected|public)$/;

/** V8 allows 65,534 parameters, but each takes a stack slot in every enclosing wrapper. If there are more variables, none is passed. */
const MOST_PARAMETERS = 64;

/**
 * The variables that a wrapper takes as parameters, under their own names. If a wrapper closed over a variable, the variable would move
 * into its function's context, which every closure of that function keeps alive. The profiler would then cause leaks (measured: an
 * unrelated callback kept 40 MB alive instead of 2), and the code would be slower. A parameter has the same value as a later read if the
 * variable has been initialised and nobody can write it in between: no closure of the program uses it, and the expression does not assign
 * it.
 */
export function wrapperParameters({ at, owner, firstReference, endReference }: Opening, references: readonly Reference[]): string[] {
  const found = new Map<Binding, boolean>();
  for (let i = firstReference; i < endReference; i++) {
    const { binding, written } = references[i]!;
    if (binding.owner === owner) found.set(binding, written || found.get(binding) === true);
  }
  const names: string[] = [];
  for (const [binding, written] of found) if (!written && canPass(binding, at)) names.push(binding.name);
  return names.length > MOST_PARAMETERS ? [] : names;
}

function canPass({ name, owner, from, isParameter, captured }: Binding, at: number): boolean {
  return !captured && from <= at && !(isParameter && (owner as FunctionScope).usesArguments) && !CONTEXTUAL.test(name);
}
