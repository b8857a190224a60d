import { fileOfText } from '../../model/in-memory.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import { isProgram, packageFolder } from './package-name.js';

/** What a user typed, not a file: `node -e`, `node -`, the REPL. */
const TYPED = /^(?:\[(?:eval|stdin)\](?:-wrapper)?|REPL\d+)$/;
/** Code that was made in memory, under a name that is no file's: `evalmachine.<anonymous>`, a module as a URL, WebAssembly. */
const MADE = /<[^/\\]*>$|^(?:wasm|data|blob):/i;
/** What bundlers and Yarn add to a program: virtual modules, their runtimes, externals, the resolver of packages. */
const ADDED =
  /\0|^webpack:\/\/.*(?:\/webpack\/(?:bootstrap|runtime|startup|before-startup)|\/external |\(webpack\))|^turbopack:\/\/\/?\[(?!project\])|[\\/]\.pnp\.(?:\w+\.)?[cm]?js$|[\\/]\.yarn[\\/]releases[\\/]/;
const ABSOLUTE = /^(?:[\\/]|[A-Za-z][A-Za-z\d+.-]*:)/;
const WITH_EXTENSION = /\.[A-Za-z]\w*$/;

/**
 * Whether a script is a file of the program, by its name: not Node's, V8's or a package's, and not made in memory. A package of a monorepo that
 * is linked into `node_modules` has its real path, outside of it, and so belongs to the program.
 */
function isOutsidePackages(name: string): boolean {
  const filename = fileOfText(name);
  if (TYPED.test(filename)) return true;
  if (!isProgram(filename) || MADE.test(filename) || ADDED.test(filename)) return false;
  return ABSOLUTE.test(filename) || WITH_EXTENSION.test(filename);
}

/**
 * The folder of the program's own files if the program itself is a package, as tools that npx runs are; empty for a program outside of
 * `node_modules`. If files outside of `node_modules` allocate or call, they are the program, and its main script only runs them, as a test runner does.
 */
export function ownFolderOf({ table, capture }: Pick<SnapshotParts, 'table' | 'capture'>): string {
  const { script } = capture.target;
  const folder = script === undefined ? '' : packageFolder(script);
  if (folder === '') return '';
  const isOwn = ownFileMask(table.filenames, '');
  return table.locationFile.some((file) => isOwn[file] === 1) ? '' : folder; // a name without a location is of our own code, which was left out
}

/** By file of a table: 1 if it is the program's own. @param folder see `ownFolderOf` */
export function ownFileMask(filenames: readonly string[], folder: string): Uint8Array {
  const isOwn = folder === '' ? isOutsidePackages : (filename: string) => packageFolder(filename) === folder;
  return Uint8Array.from(filenames, (filename) => Number(isOwn(filename)));
}
