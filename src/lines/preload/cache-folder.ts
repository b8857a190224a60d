import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * The folder for transformed texts, made if need be; undefined where there is none to be trusted. What is read from it will be run, so nobody
 * else may be able to write there: it must be a folder (not a link), ours or root's, and closed to the writing of others.
 */
export function openCacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  try {
    const named = env.NODE_TRACEMALLOC_CACHE;
    const folder = named || join(tmpdir(), `node-tracemalloc-cache-${userInfo().uid}`);
    makeFolder(folder, { withParents: Boolean(named) });
    return isTrusted(folder) ? folder : undefined;
  } catch {
    return undefined; // no home, no permission, a file in its place: then without
  }
}

/** A temporary folder that is not there is nobody's wish. Not by `recursive`, which never comes back for a folder in /proc (Node 20). */
function makeFolder(folder: string, { withParents }: { readonly withParents: boolean }): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || !withParents || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder), { withParents });
    mkdirSync(folder, { mode: 0o700 });
  }
}

function isTrusted(folder: string): boolean {
  const status = lstatSync(folder);
  if (!status.isDirectory()) return false;
  if (process.getuid === undefined) return true; // Windows: the temporary folder is the user's own
  return (status.uid === process.getuid() || status.uid === 0) && (status.mode & 0o022) === 0;
}
