import { sourceLines } from '../model/source-lines.js';
import { realPathInProject } from '../source-maps/real-paths.js';

/** Other files are not read: a profile may name any file. */
const SCRIPT = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|coffee)$/i;

/** The lines of a script; none if it cannot be read, if it is no script, or if a link leads to it out of its project. Real paths decide. */
export function projectSourceLines(filename: string, cwd: string): readonly string[] {
  const real = realPathInProject(filename, cwd);
  return real !== null && SCRIPT.test(real) ? sourceLines(real) : [];
}
