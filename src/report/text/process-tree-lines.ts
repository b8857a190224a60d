import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';

export interface ProcessRow {
  readonly pid: number;
  /** The pid of another row. The first process of a tree has its own pid or one that is in no row. */
  readonly parentPid: number;
  /** The command that it runs; may be empty. */
  readonly command: string;
  /** Traced bytes; null if unknown. */
  readonly size: number | null;
  /** A clause; empty for none. */
  readonly note: string;
}

/** One line a process, below the process that started it. */
export function processTree(rows: readonly ProcessRow[]): string[] {
  const pids = new Set(rows.map(({ pid }) => pid));
  const isFirst = ({ pid, parentPid }: ProcessRow) => pid === parentPid || !pids.has(parentPid);
  const lines = (row: ProcessRow, depth: number): string[] => [
    line(row, depth),
    ...rows.filter((one) => !isFirst(one) && one.parentPid === row.pid).flatMap((child) => lines(child, depth + 1)),
  ];
  return rows.filter(isFirst).flatMap((row) => lines(row, 0));
}

function line({ pid, command, size, note }: ProcessRow, depth: number): string {
  const words = [
    `${'  '.repeat(depth)}${pid}`,
    printable(command),
    size === null ? '' : formatSize(size),
    note === '' ? '' : `(${printable(note)})`,
  ];
  return words.filter((word) => word !== '').join('  ');
}
