import Module from 'node:module';

/** From 22.13 and 23.2 on; the types that we compile with are older. */
type StripTypes = (code: string, options: { mode: 'strip' }) => string;

export function isTypeScript(format: string | null | undefined): boolean {
  return format?.endsWith('typescript') ?? false;
}

/** `--experimental-transform-types`: Node makes other text of TypeScript, and would of what we have made of it, whose positions then mean nothing. */
export function transformsTypes(): boolean {
  return (process.features as { typescript?: unknown }).typescript === 'transform';
}

/**
 * What Node's own type stripping would make of the text: blanks for types, no position moved. Node strips the result once more, to no effect.
 * Undefined for what needs more than stripping (`enum`), which Node refuses too unless --experimental-transform-types is given.
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

/** The function announces that it is experimental, which the program did not ask for. */
function withoutWarnings<Result>(call: () => Result): Result {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return call();
  } finally {
    process.emitWarning = emitWarning;
  }
}
