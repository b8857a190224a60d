import { shortened, visible } from '../../text/printable.js';

const MAX_NAME = 200;

/**
 * A name as a code span. Markdown does not interpret its content, so only the ends of the span and of the table cell need escapes.
 *
 * @param most a longer name loses its middle
 */
export function code(name: string, most = MAX_NAME): string {
  const content = shownName(name, most, /\|/g);
  const longest = Math.max(0, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(content) ? ' ' : '';
  return `${fence}${pad}${content}${pad}${fence}`;
}

/** A name from a target as text of one line, whatever it contains: at most about `most` characters, escapes included. */
export function shownName(name: string, most = MAX_NAME, special?: RegExp): string {
  const escaped = visible(shortened(name, most), special);
  return visible(shortened(escaped, most)); // escapes are longer than what they stand for, and the cut may part a surrogate pair
}

/** Escapes text of the capture, which may come from anybody's file. */
export function text(words: string): string {
  return visible(shortened(words, MAX_NAME)).replace(/[\\`*_{}[\]<>()!|~&]/g, (mark) => `\\${mark}`);
}

/** A table whose first columns are figures. Its cells are Markdown. */
export function tableLines(figures: readonly string[], names: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const alignment = [...figures.map(() => '---:'), ...names.map(() => '---')];
  return [[...figures, ...names], alignment, ...rows].map((row) => `| ${row.join(' | ')} |`);
}
