/** What a verb may want to know of the command line besides its options and arguments. */
export interface BehindDashes {
  /** The words behind `--`; null if it is not there. They are at the end of the arguments, too. */
  readonly behindDashes: readonly string[] | null;
}

export function behindDashes(argv: readonly string[]): BehindDashes {
  const at = argv.indexOf('--');
  return { behindDashes: at === -1 ? null : argv.slice(at + 1) };
}
