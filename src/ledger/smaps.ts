/** One mapping of a process. Sizes are bytes. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  /** `rwxp`: may read, write and run it; `s` instead of `p` if it is shared. */
  readonly permissions: string;
  /** Device and inode of the mapped file: `fe:00 2294719`. */
  readonly file: string;
  /** Of the mapped file, or a name of the kernel's, such as `[heap]`; empty for anonymous memory. */
  readonly path: string;
  /** The part of it that is in memory. */
  readonly rss: number;
  /** The part that other processes have mapped, too. */
  readonly shared: number;
  /** The part that is in swap. */
  readonly swap: number;
  /** Two letters for each property: `dc` is not copied to children, `nh` is never in huge pages. */
  readonly flags: ReadonlySet<string>;
}

const HEADER = /^([\da-f]+)-([\da-f]+) (\S{4}) [\da-f]+ (\S+ \d+) *(.*)$/;
const FIELD = /^(\w+): +(\d+) kB$/;
const FLAGS = /^VmFlags: (.*)$/;
/** The kernel adds this to the path of a file that has no name any more, as after an upgrade. */
const DELETED = / \(deleted\)$/;

/** Parses proc(5)'s /proc/PID/smaps. Mappings are in the order of their addresses. Lines that it does not know are skipped. */
export function parseSmaps(text: string): Mapping[] {
  const mappings: Mapping[] = [];
  for (const part of text.split(/^(?=[\da-f]+-[\da-f]+ )/m)) {
    const mapping = parseMapping(part);
    if (mapping !== null) mappings.push(mapping);
  }
  return mappings;
}

/** null if the text does not begin with the line of a mapping. */
function parseMapping(text: string): Mapping | null {
  const [header, ...lines] = text.split('\n');
  const [, start, end, permissions, file, path] = HEADER.exec(header!) ?? [];
  if (start === undefined) return null;
  const sizes = new Map<string, number>();
  let flags: readonly string[] = [];
  for (const line of lines) {
    const [, name, kilobytes] = FIELD.exec(line) ?? [];
    if (name !== undefined) sizes.set(name, Number(kilobytes) * 1024);
    else flags = FLAGS.exec(line)?.[1]?.trim().split(' ') ?? flags;
  }
  const size = (name: string) => sizes.get(name) ?? 0;
  return {
    start: Number.parseInt(start, 16),
    end: Number.parseInt(end!, 16),
    permissions: permissions!,
    file: file!,
    path: path!.replace(DELETED, ''),
    rss: size('Rss'),
    shared: size('Shared_Clean') + size('Shared_Dirty'),
    swap: size('Swap'),
    flags: new Set(flags),
  };
}

export function sizeOf({ start, end }: Pick<Mapping, 'start' | 'end'>): number {
  return end - start;
}
