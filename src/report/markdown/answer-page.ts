import { code, tableLines } from './markdown-text.js';

/** What a command found, for a reader with little room. */
export interface Answer<Row> {
  /** Markdown: the answer in a sentence or two. Names of the program are code spans. */
  readonly finding: string;
  /** The most important first. */
  readonly rows: readonly Row[];
  /** What a reader must know about the figures, in plain text. May quote the program. */
  readonly notes: readonly string[];
  /** Markdown: what is not in the rows, and how to get it. */
  readonly leftOut: readonly string[];
}

export interface AnswerColumn<Row> {
  readonly title: string;
  /** Markdown; empty for none. */
  readonly cell: (row: Row) => string;
  /** Columns of names stand behind those of figures. */
  readonly isName?: boolean;
}

export interface PageOptions {
  /** Bytes of UTF-8; by default there is no limit. */
  readonly limit?: number;
  /** Markdown lines for the end of the page. */
  readonly end?: readonly string[];
}

/** A note is a sentence of ours that may hold a name of any length. */
const MAX_NOTE = 300;

/** The answer as Markdown: finding, table, what was left out, notes. If it exceeds the limit, it loses its last rows, then its last notes. */
export function answerPage<Row>(answer: Answer<Row>, columns: readonly AnswerColumn<Row>[], options: PageOptions = {}): string {
  const { limit = Number.POSITIVE_INFINITY, end = [] } = options;
  const { finding, rows, leftOut } = answer;
  const notes = answer.notes.map((note) => `- ${code(note, MAX_NOTE)}`);
  const page = (shownRows: number, shownNotes: number) => {
    const cutRows = shownRows < rows.length ? [`The table is cut: ${rows.length - shownRows} more rows do not fit into the answer.`] : [];
    const cutNotes = shownNotes < notes.length ? [`- ${notes.length - shownNotes} more notes do not fit.`] : [];
    return sections([
      [finding],
      table(rows.slice(0, shownRows), columns),
      [...cutRows, ...leftOut].map((line) => `- ${line}`),
      [...notes.slice(0, shownNotes), ...cutNotes],
      end,
    ]);
  };
  let [shownRows, shownNotes] = [rows.length, notes.length];
  let text = page(shownRows, shownNotes);
  while (Buffer.byteLength(text) > limit && shownRows + shownNotes > 1) {
    if (shownRows > 1) shownRows--;
    else shownNotes--;
    text = page(shownRows, shownNotes);
  }
  return text;
}

/** Without columns that have nothing to say. */
function table<Row>(rows: readonly Row[], columns: readonly AnswerColumn<Row>[]): string[] {
  const used = columns.filter(({ cell }) => rows.some((row) => cell(row) !== ''));
  const inOrder = [...used.filter(({ isName }) => !isName), ...used.filter(({ isName }) => isName)];
  if (inOrder.length === 0) return [];
  const titles = (wanted: boolean) => inOrder.flatMap(({ title, isName = false }) => (isName === wanted ? [title] : []));
  return tableLines(
    titles(false),
    titles(true),
    rows.map((row) => inOrder.map(({ cell }) => cell(row))),
  );
}

function sections(parts: readonly (readonly string[])[]): string {
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}
