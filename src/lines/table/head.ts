/** The first character of an encoded position table. */
export const VERSION = '1';
export const LENGTH_DIGITS = 5;
/** Length of the version, a length and a checksum. */
export const HEAD = 1 + 2 * LENGTH_DIGITS;

/** Tells the tables of different texts of one script apart. */
export function keyOf(table: string): string {
  return table.slice(0, HEAD);
}
