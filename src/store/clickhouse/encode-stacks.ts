import type { StackTable } from '../../model/stack-table.js';
import { ownFileMask } from '../../snapshot/statistics/own-files.js';
import { packageName } from '../../snapshot/statistics/package-name.js';
import type { Row } from './client.js';

/** Those of the table of stacks that `StackEncoder.row` gives. */
export const STACK_COLUMNS = ['hash', 'files', 'lines', 'columns', 'functions', 'true_lines', 'packages', 'own', 'total_frames'] as const;

/** The stacks of a snapshot as rows. */
export class StackEncoder {
  readonly #table: StackTable;
  readonly #packages: readonly string[];
  readonly #isOwn: Uint8Array;
  /** By location: all of it, as text to hash. */
  readonly #locations: readonly string[];

  /** @param ownFolder see `ownFolderOf` */
  constructor(table: StackTable, ownFolder: string) {
    this.#table = table;
    this.#packages = table.filenames.map(packageName);
    this.#isOwn = ownFileMask(table.filenames, ownFolder);
    this.#locations = Array.from(table.locationFile, (file, location) =>
      JSON.stringify([
        table.filenames[file],
        table.locationLine[location],
        table.locationColumn[location],
        table.functionNames[table.locationFunction[location]!],
        table.locationIsLine[location],
        this.#isOwn[file],
      ]),
    );
  }

  /** 128 bits of everything that the row has, as a decimal number. */
  hash(traceback: number): string {
    const { createHash } = process.getBuiltinModule('node:crypto');
    const hash = createHash('sha256').update(`${this.#table.totalFrames[traceback]}`);
    for (const location of this.#framesOf(traceback)) hash.update(this.#locations[location]!);
    return hexToDecimal(hash.digest('hex').slice(0, 32));
  }

  row(traceback: number, hash: string): Row {
    const { filenames, functionNames, locationFile, locationLine, locationColumn, locationFunction, locationIsLine, totalFrames } =
      this.#table;
    const locations = this.#framesOf(traceback);
    const column = <T>(read: (location: number) => T) => Array.from(locations, read);
    return [
      hash,
      column((location) => filenames[locationFile[location]!]!),
      column((location) => locationLine[location]!),
      column((location) => locationColumn[location]!),
      column((location) => functionNames[locationFunction[location]!]!),
      column((location) => locationIsLine[location]!),
      column((location) => this.#packages[locationFile[location]!]!),
      column((location) => this.#isOwn[locationFile[location]!]!),
      totalFrames[traceback]!,
    ];
  }

  #framesOf(traceback: number): Uint32Array {
    const { tracebackStart, frames } = this.#table;
    return frames.subarray(tracebackStart[traceback]!, tracebackStart[traceback + 1]!);
  }
}

/** JSON has no numbers so long. ClickHouse reads them from strings. */
export function hexToDecimal(hex: string): string {
  return BigInt(`0x${hex}`).toString();
}
