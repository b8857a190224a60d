import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { BROWSER_FOLDER, BROWSER_PATH, unpackBrowser } from './browser.js';
import { cachedNode, NODE_CACHE, NODE_PACKAGE, NODE_VERSIONS } from './nodes.js';
import { PACKAGE_SETS, setFiles, setFolder } from './package-sets.js';

/** Provides what the tests run real programs with: downloads what the cache does not hold. */
export default async function globalSetup(): Promise<void> {
  await mkdir(NODE_CACHE, { recursive: true });
  for (const version of NODE_VERSIONS) {
    await provide(join(NODE_CACHE, version), {
      what: `Node ${version}`,
      isThere: () => existsSync(cachedNode(version)),
      install: (folder) => npm(folder, 'install', '--no-save', `${NODE_PACKAGE}@${version}`),
    });
  }
  for (const set of PACKAGE_SETS) {
    await provide(setFolder(set), {
      what: `the packages of fixtures/${set}`,
      isThere: () => existsSync(setFolder(set)),
      install: async (folder) => {
        for (const file of setFiles(set)) await copyFile(file, join(folder, basename(file)));
        await npm(folder, 'ci', '--ignore-scripts');
      },
    });
  }
  await provide(BROWSER_FOLDER, { what: 'the browser', isThere: () => existsSync(BROWSER_PATH), install: unpackBrowser });
}

interface Provision {
  readonly what: string;
  readonly isThere: () => boolean;
  readonly install: (folder: string) => Promise<void>;
}

/** Into a folder of its own first: two runs at once, or one that is interrupted, never leave half of it behind. */
async function provide(place: string, { what, isThere, install }: Provision): Promise<void> {
  if (isThere()) return;
  const folder = await mkdtemp(`${place}-`);
  try {
    await install(folder);
    await rename(folder, place);
  } catch (error) {
    if (isThere()) return; // another run was faster
    console.warn(`${what} could not be downloaded; the tests run on what is there: ${String(error).split('\n')[0]}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function npm(folder: string, ...command: readonly string[]): Promise<void> {
  const args = [...command, '--prefix', folder, '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', args, { cwd: folder, timeout: 300_000 });
}
