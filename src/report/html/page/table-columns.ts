import { formatSize } from '../../../text/size-format.js';
import { percent } from '../../text/percent.js';
import { isLocation, type Row } from '../view/row-groups.js';
import { signedCount } from './figures.js';
import type { State } from './page-state.js';

/** A column of the table. */
export interface Column {
  readonly title: string;
  /** The meaning of its figures. */
  readonly description: string;
  readonly value: (row: Row) => number;
  readonly text: (row: Row) => string;
  /** Whether to omit it on narrow screens. The details of the selected row have all columns. */
  readonly isDetail: boolean;
}

const SIZE: Column = {
  title: 'size',
  description: 'live bytes',
  value: ({ size }) => size,
  text: ({ size }) => formatSize(size),
  isDetail: false,
};
const ERROR: Column = {
  title: '±',
  description: 'standard error, in bytes',
  value: ({ error }) => error,
  text: ({ error }) => formatSize(error),
  isDetail: false,
};
const COUNT: Column = {
  title: 'count',
  description: 'live blocks',
  value: ({ count }) => count,
  text: ({ count }) => `${count}`,
  isDetail: true,
};
const AVERAGE: Column = {
  title: 'average',
  description: 'bytes per block',
  value: ({ size, count }) => (count > 0 ? size / count : 0),
  text: ({ size, count }) => (count > 0 ? formatSize(size / count) : ''),
  isDetail: true,
};
const CUMULATIVE: Column = {
  title: 'cumulative',
  description: 'bytes, including everything that was called',
  value: ({ cumulative }) => cumulative ?? 0,
  text: ({ cumulative }) => formatSize(cumulative ?? 0),
  isDetail: true,
};
const CHANGE: Column = {
  title: 'change',
  description: 'bytes now minus bytes before',
  value: ({ sizeDiff }) => sizeDiff,
  text: ({ sizeDiff, isNoise }) => `${isNoise ? '~ ' : ''}${formatSize(sizeDiff, true)}`,
  isDetail: false,
};
const COUNT_CHANGE: Column = {
  title: 'count change',
  description: 'blocks now minus blocks before',
  value: ({ countDiff }) => countDiff,
  text: ({ countDiff }) => signedCount(countDiff),
  isDetail: true,
};
const CUMULATIVE_CHANGE: Column = {
  title: 'cumulative change',
  description: 'change in bytes, including everything that was called',
  value: ({ cumulativeDiff }) => cumulativeDiff ?? 0,
  text: ({ cumulativeDiff }) => formatSize(cumulativeDiff ?? 0, true),
  isDetail: true,
};

/** The columns before the name. The table is first sorted by the first of them. */
export function columnsOf({ isDiff, diffWord, data, choices, tree }: State): Column[] {
  const { now, old } = data.cells;
  const errors = now.spread || old?.spread ? [ERROR] : [];
  const isPlace = isLocation(choices.groupBy);
  if (isDiff) {
    const columns = [CHANGE, ...errors, { ...SIZE, isDetail: true }, COUNT_CHANGE, COUNT, ...(isPlace ? [CUMULATIVE_CHANGE] : [])];
    return columns.map((column) => ({ ...column, title: column.title.replace('change', diffWord) }));
  }
  const total = tree.sums.size[0]!;
  const share: Column = {
    ...SIZE,
    title: 'share',
    description: choices.label === null ? 'share of all traced bytes' : 'share of the traced bytes of this label',
    text: ({ size }) => percent(size, total),
    isDetail: true,
  };
  return [SIZE, ...errors, share, COUNT, AVERAGE, ...(isPlace ? [CUMULATIVE] : [])];
}
