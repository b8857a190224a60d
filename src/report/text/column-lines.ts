import { alignedRight, cutEnd, widthOf } from '../../text/text-width.js';

/** One column of figures. */
export interface Column {
  readonly title: string;
  /** One for each row. */
  readonly cells: readonly string[];
  /** Of each row: how its cell is to be shown, once it is aligned. */
  readonly style?: (row: number) => (text: string) => string;
  /** Where room is scarce the column with the highest number is left out first; without one it stays. */
  readonly dispensable?: number;
}

/** The last column, whose text can be made to fit. */
export interface LastColumn {
  readonly title: string;
  /** One for each row: its text in so many columns of the terminal. */
  readonly cells: readonly ((width: number) => string)[];
}

const GAP = '  ';
/** With less for the last column, columns of figures are left out. */
const LEAST_LAST = 24;

/** A line for the titles and one for each row: figures to the right, the last column in what is left of the width. */
export function columnLines(columns: readonly Column[], last: LastColumn, width: number): string[] {
  const shown = fittingColumns(columns, width);
  const room = width - leftWidth(shown);
  const widths = shown.map(columnWidth);
  const line = (cells: readonly string[], end: string) => [...cells, end].join(GAP);
  const titles = shown.map(({ title }, column) => alignedRight(title, widths[column]!));
  const rows = last.cells.map((cell, row) =>
    line(
      shown.map(({ cells, style }, column) => {
        const text = alignedRight(cells[row]!, widths[column]!);
        return style ? style(row)(text) : text;
      }),
      cell(room),
    ),
  );
  return [line(titles, cutEnd(last.title, room)), ...rows];
}

function fittingColumns(columns: readonly Column[], width: number): readonly Column[] {
  let shown = columns;
  while (width - leftWidth(shown) < LEAST_LAST) {
    const least = Math.max(...shown.map(({ dispensable }) => dispensable ?? 0));
    if (least === 0) break;
    shown = shown.filter(({ dispensable }) => dispensable !== least);
  }
  return shown;
}

/** Of the columns of figures, with the gap behind each. */
function leftWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + columnWidth(column) + GAP.length, 0);
}

function columnWidth({ title, cells }: Column): number {
  return cells.reduce((width, cell) => Math.max(width, widthOf(cell)), widthOf(title));
}
