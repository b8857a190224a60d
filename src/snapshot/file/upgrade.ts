/** A file of any version before validation. */
export interface RawFile {
  readonly metadata: unknown;
  /** The bytes after the metadata. */
  readonly sections: Uint8Array;
}

/** The upgrade at index i turns a file of version i + 1 into one of version i + 2. */
const UPGRADES: readonly ((file: RawFile) => RawFile)[] = [];

export const CURRENT_VERSION = UPGRADES.length + 1;

/** Goes one step at a time, so that each upgrade knows only two versions. */
export function upgrade(file: RawFile, version: number): RawFile {
  return UPGRADES.slice(version - 1).reduce((older, step) => step(older), file);
}
