import type { Command } from 'commander';
import { totalOf } from '../../model/column-totals.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { formatSize } from '../../text/size-format.js';
import { type Console, writeLines } from '../console/console.js';
import { size } from '../options/option-values.js';
import { EXCEEDED } from './exit-codes.js';

export interface LimitValues {
  /** Bytes. */
  readonly failAbove?: number;
}

/** Growth within this many standard errors may be chance. */
const CHANCE = 2;

export function addLimitOption(command: Command, what = 'the total'): Command {
  return command.option('--fail-above <size>', `end with 3 if ${what} is larger than this (24MiB, 500kB, a number of bytes)`, size);
}

/** The limit of `--fail-above`. Says on stderr by how much it was exceeded. */
export class SizeLimit {
  readonly #bytes: number | undefined;
  readonly #err: Console['err'];
  #exitCode = 0;

  constructor({ failAbove }: LimitValues, { err }: Pick<Console, 'err'>) {
    this.#bytes = failAbove;
    this.#err = err;
  }

  /** 0 if what was checked does not exceed the limit. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** @param shown the traces that the user sees */
  checkTotal({ columns }: Snapshot): void {
    const { size } = totalOf(columns);
    this.#check(size, `${formatSize(size)} traced`);
  }

  /** @param size of all objects of a heap snapshot */
  checkHeap(size: number): void {
    this.#check(size, `${formatSize(size)} of objects`);
  }

  /** @param growth of two heap snapshots, in bytes */
  checkHeapGrowth(growth: number): void {
    this.#check(growth, `grew by ${formatSize(growth)}`);
  }

  /** The growth without what may be chance. */
  checkGrowth({ old, now }: { readonly old: Snapshot; readonly now: Snapshot }): void {
    const diffs = now.compareTo(old, 'domain');
    const growth = diffs.reduce((sum, { sizeDiff }) => sum + sizeDiff, 0);
    const chance = CHANCE * Math.sqrt(diffs.reduce((sum, { standardError }) => sum + standardError ** 2, 0));
    const less = chance === 0 ? '' : `, of which ${formatSize(chance)} (two standard errors) may be chance`;
    this.#check(growth - chance, `grew by ${formatSize(growth)}${less}`);
  }

  #check(size: number, what: string): void {
    if (this.#bytes === undefined || size <= this.#bytes) return;
    writeLines(this.#err, [`${what}: ${formatSize(size - this.#bytes)} above the limit of ${formatSize(this.#bytes)} (--fail-above)`]);
    this.#exitCode = EXCEEDED;
  }
}
