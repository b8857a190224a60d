import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cachedNode, NODE_CACHE, NODE_PACKAGE } from './nodes.js';
import { type PackageSet, setFiles, setFolder } from './package-sets.js';

/** Downloads a Node binary if the cache does not have it. Does not reject: without it, the tests run on the other binaries. */
export async function provideNode(version: string): Promise<void> {
  try {
    await provide(join(NODE_CACHE, version), {
      isThere: () => existsSync(cachedNode(version)),
      install: (folder) => npm(folder, 'install', '--no-save', `${NODE_PACKAGE}@${version}`),
    });
  } catch (error) {
    console.warn(`Node ${version} could not be downloaded: ${String(error).split('\n')[0]}`);
  }
}

/** The folder in which the packages of a set are installed; it is made if the cache does not hold it. */
export async function providePackages(set: PackageSet): Promise<string> {
  const place = setFolder(set);
  const install = async (folder: string) => {
    for (const file of setFiles(set)) await copyFile(file, join(folder, basename(file)));
    await npm(folder, 'ci', '--ignore-scripts');
  };
  await provide(place, { isThere: () => existsSync(place), install });
  return place;
}

interface Provision {
  readonly isThere: () => boolean;
  readonly install: (folder: string) => Promise<void>;
}

/**
 * Fills a place of the cache if it is empty. Installs into a folder of its own first, so that neither two runs at once nor an interrupted
 * run leave an incomplete folder.
 */
export async function provide(place: string, { isThere, install }: Provision): Promise<void> {
  if (isThere()) return;
  await mkdir(dirname(place), { recursive: true });
  const folder = await mkdtemp(`${place}-`);
  try {
    await install(folder);
    await rename(folder, place);
  } catch (error) {
    if (!isThere()) throw error; // otherwise another run has provided it meanwhile
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function npm(folder: string, ...command: readonly string[]): Promise<void> {
  const args = [...command, '--prefix', folder, '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', args, { cwd: folder, timeout: 300_000 });
}
