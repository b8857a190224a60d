import type { ScriptEdit } from '../../lines/live-edit/live-edit.js';
import { printable } from '../../text/printable.js';

/** Why V8 does not replace the source of a script, by its status. Node 18 has no status for it. */
const BLOCKS: Readonly<Record<string, string>> = {
  Blocked: 'V8 cannot replace this script while it runs',
  BlockedByActiveFunction: 'one of its functions is running, and V8 cannot replace it meanwhile',
  BlockedByActiveGenerator: 'one of its generators or async functions is waiting, and V8 cannot replace it meanwhile',
  BlockedByBusyProgram: 'the program did not come back to its event loop in time',
  BlockedByTopLevelEsModuleChange: 'V8 cannot replace this module while it runs',
};

/** V8's answer for scripts from a startup snapshot (18 to 26). */
const INTERNAL = 'InternalError';

/** What became of the scripts that were to get true lines. */
export function editReport(edits: readonly ScriptEdit[]): string[] {
  const isLeft = ({ outcome }: ScriptEdit) => outcome === 'blocked' || outcome === 'failed';
  const others = edits.filter(isLeft);
  // Counted by name: a file that is loaded again, or that an earlier edit replaced, is one more script.
  const [all, good] = [edits, edits.filter((edit) => !isLeft(edit))].map((some) => new Set(some.map(({ url }) => url)).size);
  const lines = others.map(
    ({ url, reason }) => `${printable(url)} stays at the precision of functions: ${inWords(reason)}${advice(reason)}`,
  );
  return [`true lines in ${good} of ${all} scripts`, ...lines];
}

/** @param left the scripts whose source could not be put back */
export function restoreReport(left: readonly ScriptEdit[]): string[] {
  if (left.length === 0) return ['the sources are as they were'];
  return left.map(({ url, reason }) => `${printable(url)} keeps its changed source, which does the same: ${inWords(reason)}`);
}

function inWords(reason: string): string {
  if (reason === INTERNAL) return 'V8 cannot replace it, as with all code from a startup snapshot (--snapshot-blob)';
  return BLOCKS[reason] ?? printable(reason);
}

function advice(reason: string): string {
  return reason in BLOCKS ? '; start it with run --lines' : '';
}
