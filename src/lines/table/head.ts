/** What an encoded site table begins with. */
export const VERSION = '1';
export const LENGTH_DIGITS = 5;
/** The version, a length and a checksum. */
export const HEAD = 1 + 2 * LENGTH_DIGITS;

/** Tells a table from others of the same script. */
export function keyOf(table: string): string {
  return table.slice(0, HEAD);
}
