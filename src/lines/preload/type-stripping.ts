import Module from 'node:module';

/** Exists from 22.13 and 23.2 on. The types that we compile with are older. */
type StripTypes = (code: string, options: { mode: 'strip' }) => string;

export function isTypeScript(format: string | null | undefined): boolean {
  return format?.endsWith('typescript') ?? false;
}

/** With `--experimental-transform-types` Node rewrites TypeScript. It would also rewrite our result, and our positions would be wrong. */
export function transformsTypes(): boolean {
  return (process.features as { typescript?: unknown }).typescript === 'transform';
}

/**
 * The result of Node's own type stripping: types become blanks, and no position moves. Node later strips our result again, which changes
 * nothing. Undefined if the text needs more than stripping (`enum`). Node refuses such a text too, unless --experimental-transform-types is
 * given.
 */
export function withoutTypes(source: string): string | undefined {
  const strip = (Module as unknown as { stripTypeScriptTypes?: StripTypes }).stripTypeScriptTypes;
  if (strip === undefined) return undefined;
  try {
    return withoutWarnings(() => strip(source, { mode: 'strip' }));
  } catch {
    return undefined;
  }
}

/** Suppresses the function's warning that it is experimental, which would surprise the user of the program. */
function withoutWarnings<Result>(call: () => Result): Result {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return call();
  } finally {
    process.emitWarning = emitWarning;
  }
}
