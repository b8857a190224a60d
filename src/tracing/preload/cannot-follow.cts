// A child process that may not read our files would not start with them. It is left alone, and runs as it would without us.

/** Matches inside an argument, which may be a line for a shell. */
const PERMISSION_MODEL = /(?:^|[\s"'])--(?:experimental-)?permission(?=$|[\s"'=])/;

interface Start {
  /** What the child is started with: arguments, and lists of arguments. */
  readonly words: readonly unknown[];
  readonly NODE_OPTIONS: string | undefined;
  readonly uid?: number | null | undefined;
  readonly gid?: number | null | undefined;
}

/** The user and the group with which our files were read. */
const own = { uid: process.geteuid?.(), gid: process.getegid?.() };

function cannotFollow({ words, NODE_OPTIONS, uid, gid }: Start): boolean {
  const isOther = (uid ?? process.geteuid?.()) !== own.uid || (gid ?? process.getegid?.()) !== own.gid;
  return isOther || [...words.flat(), NODE_OPTIONS].some((word) => typeof word === 'string' && PERMISSION_MODEL.test(word));
}

module.exports = cannotFollow;
