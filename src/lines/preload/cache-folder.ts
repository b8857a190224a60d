import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * The folder for transformed texts, created if necessary; undefined if no folder can be trusted. We run what we read from it, so nobody
 * else may be able to write there: it must be a real folder and not a link, owned by us or root, and not writable by others.
 */
export function openCacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  try {
    const named = env.NODE_TRACEMALLOC_CACHE;
    const folder = named || join(tmpdir(), `node-tracemalloc-cache-${userInfo().uid}`);
    makeFolder(folder, { withParents: Boolean(named) });
    return isTrusted(folder) ? folder : undefined;
  } catch {
    return undefined; // no home, no permission, or a file of that name: work without a cache
  }
}

/**
 * Creates parents only on request, since nobody asked for a missing temporary folder. It does not use `recursive`, which hangs for a
 * folder in /proc (Node 20).
 */
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
  if (process.getuid === undefined) return true; // on Windows the temporary folder belongs to the user
  return (status.uid === process.getuid() || status.uid === 0) && (status.mode & 0o022) === 0;
}
