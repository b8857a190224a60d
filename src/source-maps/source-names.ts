import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileUrlOf, pathOfFileUrl } from '../text/file-urls.js';
import { isInside, surroundingsOf, upwards, type Workplace } from './project.js';

/** With the namespace, which is the name of the package that was bundled: `webpack://@scope/shop/./src/a.ts`. */
const WEBPACK = /^webpack:\/\/(?:@[^/]+\/(?!\.))?[^/]*\//;

interface Origin {
  /** The script whose map it is. */
  readonly script: string;
  /** What the sources are relative to: the map's path, or the script's. */
  readonly base: string;
  readonly workplaces: readonly Workplace[];
}

/**
 * The sources of one map by the names that a user can open: absolute paths. One outside of the project stays a `file:` URL, which nothing
 * of ours opens: who writes a map does not choose what we read.
 */
export class SourceNames {
  /** null: of a script without a file. */
  readonly #base: string | null;
  readonly #projects: readonly string[];
  /** Where sources may be that a bundler named: it names them as seen from the folder where it ran, and no map tells which that was. */
  readonly #folders: readonly string[];

  constructor({ script, base, workplaces }: Origin) {
    this.#base = isAbsolute(base) || /^[A-Za-z]:\\/.test(base) ? fileUrlOf(base) : null;
    const own = isAbsolute(script) ? [surroundingsOf(dirname(script))] : [];
    this.#projects = [...own, ...workplaces.map(({ project }) => project)];
    const folder = dirname(base);
    const project = isAbsolute(base) ? this.#projects.find((one) => isInside(folder, one)) : undefined;
    this.#folders = [...(project === undefined ? [] : [{ folder, project }]), ...workplaces].flatMap(upwards);
  }

  /** @param source as the map has it, its sourceRoot already before it */
  nameOf(source: string): string {
    if (WEBPACK.test(source)) return this.#bundled(source);
    if (/^[a-z][a-z\d+.-]+:/i.test(source) && !source.startsWith('file:')) return source; // of other schemes, `http:` among them
    return this.#shown(this.#resolved(source));
  }

  /** Some are no files: `webpack/bootstrap`, `external "node:fs"`. */
  #bundled(url: string): string {
    const clean = url.replace(/\?[^/]*$/, '');
    const path = clean.replace(WEBPACK, '');
    if (isAbsolute(path)) return this.#shown(path);
    const folder = this.#folders.find((one) => existsSync(join(one, path)));
    return folder === undefined ? clean.replace('/./', '/') : this.#shown(join(folder, path));
  }

  #resolved(source: string): string {
    if (/^[A-Za-z]:[\\/]/.test(source)) return source.replaceAll('/', '\\');
    if (this.#base === null && !source.startsWith('file:')) return source;
    try {
      const { protocol, href } = new URL(source.replaceAll('#', '%23'), this.#base ?? undefined);
      return protocol === 'file:' ? pathOfFileUrl(href) : source; // `\0virtual:…`, of a bundler
    } catch {
      return source; // `file://` with a host that is none
    }
  }

  #shown(path: string): string {
    return !isAbsolute(path) || this.#projects.some((project) => isInside(resolve(path), project)) ? path : fileUrlOf(path);
  }
}
