import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileUrlOf, pathOfFileUrl } from '../text/file-urls.js';
import { pathsOfBundler, withoutSuffix } from './bundler-names.js';
import { foldersUpToProject, isInside, surroundingsOf, type Workplace } from './project.js';
import { realPathOf } from './real-paths.js';

/** No file has a longer name. To resolve millions of `a/` takes seconds and a gigabyte. */
const LONGEST_NAME = 8192;

interface Origin {
  /** The script whose map it is. */
  readonly script: string;
  /** The file that the sources are relative to: the map or the script. */
  readonly base: string;
  readonly workplaces: readonly Workplace[];
}

/**
 * Names the sources of one map so that a user can open them: by absolute path. A source outside of the project, also behind a link, stays a
 * `file:` URL, which our code never opens. Otherwise the author of a map could choose which files we read.
 */
export class SourceNames {
  /** null if the script has no file. */
  readonly #base: string | null;
  readonly #projects: readonly string[];
  readonly #realProjects: readonly string[];
  /** Folders to try for the sources of a bundler. It names them relative to the folder where it ran, which no map records. */
  readonly #folders: readonly string[];

  constructor({ script, base, workplaces }: Origin) {
    this.#base = isAbsolute(base) || /^[A-Za-z]:\\/.test(base) ? fileUrlOf(base) : null;
    const own = isAbsolute(script) ? [surroundingsOf(dirname(script))] : [];
    this.#projects = [...own, ...workplaces.map(({ project }) => project)];
    this.#realProjects = this.#projects.map((project) => realPathOf(project) ?? project);
    const folder = dirname(base);
    const project = isAbsolute(base) ? this.#projects.find((one) => isInside(folder, one)) : undefined;
    this.#folders = [...(project === undefined ? [] : [{ folder, project }]), ...workplaces].flatMap(foldersUpToProject);
  }

  /** @param source as the map writes it, with the sourceRoot in front */
  nameOf(source: string): string {
    if (source.length > LONGEST_NAME) return `${source.slice(0, LONGEST_NAME)}…`;
    const paths = pathsOfBundler(source);
    if (paths !== null) return this.#found(paths) ?? withoutSuffix(source).replace('/./', '/');
    if (/^[a-z][a-z\d+.-]+:/i.test(source) && !source.startsWith('file:')) return source; // another scheme, such as `http:`
    const resolved = this.#resolved(source);
    const isMissing = this.#folders.length > 0 && !/^(?:file:|\.\.?\/)/.test(source) && isAbsolute(resolved) && !existsSync(resolved);
    // Angular and Vite name sources relative to the folder of the project.
    return (isMissing ? this.#found([source.replace(/^\/+/, '')]) : undefined) ?? this.#shown(resolved);
  }

  /** The first of the paths that leads to a file. */
  #found(paths: readonly string[]): string | undefined {
    for (const path of paths) {
      if (isAbsolute(path)) return this.#shown(path);
      const folder = this.#folders.find((one) => existsSync(join(one, path)));
      if (folder !== undefined) return this.#shown(join(folder, path));
    }
    return undefined;
  }

  #resolved(source: string): string {
    if (/^[A-Za-z]:[\\/]/.test(source)) return source.replaceAll('/', '\\');
    if (this.#base === null && !source.startsWith('file:')) return source;
    try {
      const { protocol, href } = new URL(source.replaceAll('#', '%23'), this.#base ?? undefined);
      return protocol === 'file:' ? pathOfFileUrl(href) : source; // the other case is `\0virtual:…`, from a bundler
    } catch {
      return source; // a `file://` URL with an invalid host
    }
  }

  #shown(path: string): string {
    if (!isAbsolute(path)) return path;
    const isNamedInside = this.#projects.some((project) => isInside(resolve(path), project));
    const real = realPathOf(path); // null for a source that is not on this machine: nobody can read it
    return isNamedInside && (real === null || this.#realProjects.some((project) => isInside(real, project))) ? path : fileUrlOf(path);
  }
}
