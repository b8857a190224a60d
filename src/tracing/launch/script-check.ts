import { statSync } from 'node:fs';
import { basename, dirname, extname, relative, resolve } from 'node:path';
import { isNode } from '../../discovery/command-line.js';
import { isFile, mainFile } from '../../discovery/main-file.js';
import { LaunchError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import { findCommand, headOf, interpreterOf } from './find-command.js';

/** How node is started. */
export interface ScriptStart {
  readonly script: string;
  readonly args: readonly string[];
  /** The folder in which it is started. */
  readonly cwd: string;
  /** The options of node, those in NODE_OPTIONS as well. */
  readonly nodeOptions: readonly string[];
  readonly PATH: string | undefined;
}

/** With these, what follows node's options is not the file that runs first. */
const NO_FILE =
  /^(?:-e|-p|-pe|-i|-c|--(?:eval|print|interactive|check|test|run|watch|watch-path|entry-url|snapshot-blob|build-snapshot|build-sea|experimental-sea-config|prof-process))(?:=|$)/;
/** With these, node may find and read what it could not otherwise. */
const LOADING = /^(?:-r|--require|--import|--loader|--experimental-loader)(?:=|$)/;
const TYPESCRIPT = /\.(?:[cm]?tsx?|jsx)$/;
const EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx'];
/** What npm makes of a command of a package: a link to its script, or, as pnpm does and npm on Windows, a script for a shell that names it. */
const SHELL_SHIM = /"\$basedir\/([^"]+\.[cm]?js)"/;

interface Starting {
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly execArgv?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export function scriptStart(script: string, { args = [], cwd = process.cwd(), execArgv = [], env = process.env }: Starting): ScriptStart {
  const nodeOptions = [...execArgv, ...(env.NODE_OPTIONS ?? '').split(/\s+/)];
  return { script, args, cwd, nodeOptions, PATH: env.PATH };
}

/** Whether the script is the file that runs first. */
export function runsFile({ script, nodeOptions }: ScriptStart): boolean {
  return !script.startsWith('-') && !nodeOptions.some((word) => NO_FILE.test(word));
}

/** The paths that V8 may give the script, and their last parts. */
export function namesOf({ script, cwd }: ScriptStart): ReadonlySet<string> {
  const path = resolve(cwd, script);
  return new Set([path, mainFile(path)].flatMap((name) => [name, basename(name)]));
}

/** @throws LaunchError if node would not find the script: it would end with an error, and the user would see what Node itself holds */
export function checkScript(start: ScriptStart): void {
  const { script, cwd, nodeOptions } = start;
  const path = resolve(cwd, script);
  if (!runsFile(start) || nodeOptions.some((word) => LOADING.test(word)) || isFile(mainFile(path))) return;
  throw new LaunchError(`${printable(script)} was not started: ${printable(whyMissing(start, path))}`);
}

/** What to say of a script whose process has ended before its first line. @param nodeVersion `v20.20.2` */
export function didNotRun(
  start: ScriptStart,
  { code, nodeVersion }: { readonly code: number | null; readonly nodeVersion: string | null },
): LaunchError {
  const what = `${start.script} did not run: node ended with exit code ${code} before its first line`;
  return new LaunchError(printable([what, ...advice(start, nodeVersion)].join('; ')));
}

function whyMissing(start: ScriptStart, path: string): string {
  const { script, args } = start;
  if (isNode(script) && args.length > 0) {
    return 'tracemalloc starts node by itself; leave node out, and give its own options with --node-arg (in code: execArgv)';
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return 'it is a folder without an index.js or a main file';
  if (basename(script) === script && findCommand(script, start) !== null)
    return 'it is a command, not a script: tracemalloc run starts commands, too (in code: command: true)';
  const other = EXTENSIONS.map((extension) => path.slice(0, path.length - extname(path).length) + extension).find(isFile);
  return `there is no file ${path}${other === undefined ? '' : `, but ${basename(other)} is there`}`;
}

function advice({ script, cwd, nodeOptions }: ScriptStart, nodeVersion: string | null): string[] {
  const path = mainFile(resolve(cwd, script));
  const interpreter = isFile(path) ? interpreterOf(path) : null;
  if (interpreter !== null && /^(?:(?:ba|da|z|k)?sh|python[\d.]*|perl|ruby)$/.test(interpreter)) {
    const shim = SHELL_SHIM.exec(headOf(path))?.[1];
    const instead = shim === undefined ? '' : `; give the script that it runs: ${relativeTo(cwd, resolve(dirname(path), shim))}`;
    return [`it is a script for ${interpreter}${instead}`];
  }
  if (!TYPESCRIPT.test(path) || nodeOptions.some((word) => LOADING.test(word))) return [];
  return [`if Node ${nodeVersion ?? ''} cannot read such a file, give it a loader that can: --node-arg=--import=tsx (in code: execArgv)`];
}

function relativeTo(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') ? path : short;
}
