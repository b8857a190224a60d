import { isAbsolute } from 'node:path';
import { sourceLines } from '../model/source-lines.js';
import { isInside } from '../source-maps/project.js';
import { realPathInProject, realPathOf } from '../source-maps/real-paths.js';

/** Other files are not read: a profile may name any file. */
const SCRIPT = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|coffee)$/i;

/** The lines of a script; none if it cannot be read, if it is no script, or if a link leads to it out of its project. Real paths decide. */
export function projectSourceLines(filename: string, cwd: string): readonly string[] {
  const real = realPathInProject(filename, cwd);
  return real !== null && SCRIPT.test(real) ? sourceLines(real) : [];
}

/** The trimmed line of a script in a folder; '' if it cannot be read, or if the script is not there. For a reader who is shown nothing else. */
export function sourceLineInside(filename: string, lineno: number, folder: string): string {
  if (lineno === 0 || !isAbsolute(filename)) return '';
  const [real, within] = [realPathOf(filename), realPathOf(folder)];
  if (real === null || within === null || !isInside(real, within)) return '';
  return projectSourceLines(filename, folder)[lineno - 1]?.trim() ?? '';
}
