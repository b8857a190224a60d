const MARK = ' <in memory>';

/** The name of a text that ran under the name of a file, but is not the text of the file. */
export function inMemory(filename: string): string {
  return filename + MARK;
}

export function isInMemory(filename: string): boolean {
  return filename.endsWith(MARK);
}

/** The file under whose name a text ran. */
export function fileOfText(filename: string): string {
  return isInMemory(filename) ? filename.slice(0, -MARK.length) : filename;
}
