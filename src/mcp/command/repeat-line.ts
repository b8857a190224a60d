/** The command line as a person would type it in a POSIX shell. */
export function repeatLine(words: readonly string[]): string {
  return ['tracemalloc', ...words].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
