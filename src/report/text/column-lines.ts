import { alignedRight, cutEnd, widthOf } from '../../text/text-width.js';

/** One column of figures. */
export interface Column {
  readonly title: string;
  /** One for each row. */
  readonly cells: readonly string[];
  /** The style for each row's cell, applied after the cell is aligned. */
  readonly style?: (row: number) => (text: string) => string;
  /** If the width is not enough, the column with the highest number is dropped first. Columns without a number stay. */
  readonly dispensable?: number;
}

/** The last column, whose text adapts to the available width. */
export interface LastColumn {
  readonly title: string;
  /** For each row: a function that gives the text for a width in columns of the terminal, in one line or several. */
  readonly cells: readonly ((width: number) => string | readonly string[])[];
}

const GAP = '  ';
/** If the last column would get less than this, columns of figures are dropped. */
const LEAST_LAST = 24;

/** One line for the titles, then one for each row. Figures are aligned right, and the last column gets the rest of the width. */
export function columnLines(columns: readonly Column[], last: LastColumn, width: number): string[] {
  const shown = fittingColumns(columns, width);
  const left = leftWidth(shown);
  const room = width - left;
  const below = ' '.repeat(left);
  const widths = shown.map(columnWidth);
  const line = (cells: readonly string[], end: string | readonly string[]) => {
    const [first, ...more] = typeof end === 'string' ? [end] : end;
    return [[...cells, first].join(GAP), ...more.map((text) => below + text)];
  };
  const titles = shown.map(({ title }, column) => alignedRight(title, widths[column]!));
  const rows = last.cells.flatMap((cell, row) =>
    line(
      shown.map(({ cells, style }, column) => {
        const text = alignedRight(cells[row]!, widths[column]!);
        return style ? style(row)(text) : text;
      }),
      cell(room),
    ),
  );
  return [...line(titles, cutEnd(last.title, room)), ...rows];
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

/** The width of the columns of figures, including the gap after each. */
function leftWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + columnWidth(column) + GAP.length, 0);
}

function columnWidth({ title, cells }: Column): number {
  return cells.reduce((width, cell) => Math.max(width, widthOf(cell)), widthOf(title));
}
