/** A file of some version, between reading and validation: its metadata is whatever JSON it held. */
export interface RawFile {
  readonly metadata: unknown;
  /** The bytes behind the metadata. */
  readonly sections: Uint8Array;
}

/** The upgrade at index i turns a file of version i + 1 into one of version i + 2. */
const UPGRADES: readonly ((file: RawFile) => RawFile)[] = [];

export const CURRENT_VERSION = UPGRADES.length + 1;

/** One step at a time, so that each upgrade knows two versions only. */
export function upgrade(file: RawFile, version: number): RawFile {
  return UPGRADES.slice(version - 1).reduce((older, step) => step(older), file);
}
