import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TracemallocError } from '../../errors.js';
import type { buildReport } from '../../report/html/build-report.js';
import { writeFile } from '../../snapshot/file/atomic-write.js';
import { printable } from '../../text/printable.js';

interface Artifacts {
  /** Of the test. */
  readonly name: string;
  /** What the file holds, as the begin of a sentence. */
  readonly what: string;
  readonly extension: '.tmseries' | '.tmsnap';
  readonly dump: (path: string) => void;
  /** Loads the report only now: most assertions hold. */
  readonly report: () => Promise<ReturnType<typeof buildReport>>;
}

/**
 * Writes what was measured as `NAME.tmseries` or `NAME.tmsnap`, and its report as `NAME.html`. Files of an earlier failure stay: then the name is
 * `NAME-2`. The failure itself is more important than a full disk, so nothing is thrown.
 *
 * @returns a line for the user
 */
export async function writeArtifacts(folder: string, { name, what, extension, dump, report }: Artifacts): Promise<string> {
  let path: string | null = null;
  try {
    mkdirSync(folder, { recursive: true });
    path = claimedPath(join(folder, name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-')));
    dump(path + extension);
    const { htmlDocument } = await import('../../report/html/document.js');
    writeFile(`${path}.html`, htmlDocument(await report()), { what: 'write the report to' });
    return `${what} in ${printable(path)}${extension}, and the report in ${printable(path)}.html.`;
  } catch (error) {
    if (path !== null) rmSync(`${path}.html`, { force: true });
    if (error instanceof TracemallocError) return error.message;
    return `${what} lost: ${printable(folder)} cannot be written to: ${printable(error instanceof Error ? error.message : String(error))}`;
  }
}

/** A name without files, which no other process takes from now on: its `.html` exists. */
function claimedPath(wanted: string): string {
  for (let number = 1; ; number++) {
    const path = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      closeSync(openSync(`${path}.html`, 'wx'));
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
