import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedNode, NODE_CACHE, NODE_PACKAGE, NODE_VERSIONS } from './nodes.js';

/** Provides the Node binaries of all tested versions: downloads what the cache does not hold. */
export default async function globalSetup(): Promise<void> {
  for (const version of NODE_VERSIONS) {
    if (existsSync(cachedNode(version))) continue;
    try {
      await download(version);
    } catch (error) {
      if (existsSync(cachedNode(version))) continue; // another run was faster
      console.warn(
        `Node ${version} could not be downloaded, its tests run on the Node versions that are there: ${String(error).split('\n')[0]}`,
      );
    }
  }
}

/** Into a folder of its own first: two runs at once, or one that is interrupted, never leave half a binary behind. */
async function download(version: string): Promise<void> {
  await mkdir(NODE_CACHE, { recursive: true });
  const folder = await mkdtemp(join(NODE_CACHE, `${version}-`));
  try {
    const install = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `${NODE_PACKAGE}@${version}`];
    await promisify(execFile)('npm', install, { cwd: folder, timeout: 300_000 });
    await rename(folder, join(NODE_CACHE, version));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
