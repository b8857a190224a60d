import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../../errors.js';
import { isInside } from '../../source-maps/project.js';
import { realPathOf } from '../../source-maps/real-paths.js';

/** `a.tmseries@2` is the second round. */
const ROUND = /^(.+)(@\d+)$/s;

/** The files that a client may name. */
export class AllowedPaths {
  readonly #cwd: string;
  /** Real paths. */
  readonly folders: readonly string[];

  /** @param folders the current one is always among them */
  constructor(cwd: string, folders: readonly string[]) {
    this.#cwd = cwd;
    this.folders = [cwd, ...folders].map((folder) => realPathOf(resolve(cwd, folder)) ?? resolve(cwd, folder));
  }

  /** The absolute path of an existing file. @param handles the folder in which a bare name is looked for first @throws UsageError */
  input(name: string, handles: string | null): string {
    const [, file = name, round = ''] = (existsSync(resolve(this.#cwd, name)) ? null : ROUND.exec(name)) ?? [];
    const inHandles = handles !== null && basename(file) === file && existsSync(join(handles, file));
    const path = inHandles ? join(handles, file) : resolve(this.#cwd, file);
    const real = realPathOf(path);
    if (real === null) throw new UsageError(`there is no file ${file}, and no snapshot of this name`);
    const isHandle = inHandles && isInside(real, realPathOf(handles) ?? handles);
    if (!isHandle) this.#check(real, file);
    return `${real}${round}`;
  }

  /** The absolute path of a file to write. @throws UsageError */
  output(name: string): string {
    const path = resolve(this.#cwd, name);
    const folder = realPathOf(dirname(path));
    if (folder === null) throw new UsageError(`there is no folder ${dirname(path)} for ${name}`);
    const real = join(folder, basename(path));
    this.#check(realPathOf(real) ?? real, name);
    return real;
  }

  #check(real: string, name: string): void {
    if (this.folders.some((folder) => isInside(real, folder))) return;
    throw new UsageError(`${name} is outside of the folders that the server may use: start it with --allow-path ${dirname(real)}`);
  }
}
