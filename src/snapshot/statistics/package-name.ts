export const PROGRAM = '<program>';
export const NODE_INTERNALS = '<node>';

/**
 * The package of a file: the name after the innermost `node_modules` folder of its path, with its scope. That covers nested installs, pnpm
 * (`node_modules/.pnpm/x@1/node_modules/x`) and yarn (`.yarn/cache/x-npm-1.zip/node_modules/x`). Names that begin with a dot are tools' caches,
 * not packages. Node's own modules are one package. Each of V8's pseudo-frames is a package of its own. Everything else is the program.
 */
export function packageName(filename: string): string {
  if (filename.startsWith('node:')) return NODE_INTERNALS;
  if (filename.startsWith('<') && filename.endsWith('>')) return filename;
  const parts = filename.split(/[/\\]/);
  for (let i = parts.length - 2; i >= 0; i--) {
    const name = parts[i + 1]!;
    if (parts[i] !== 'node_modules' || name === '' || name.startsWith('.')) continue;
    const inner = parts[i + 2];
    return name.startsWith('@') && inner !== undefined ? `${name}/${inner}` : name;
  }
  return PROGRAM;
}
