import { type Dirent, readdirSync } from 'node:fs';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../../errors.js';
import type { CaptureInfo } from '../../model/trace-columns.js';
import { isSeriesFile, loadRoundCaptures } from '../../series/series-file.js';
import { inputFile } from '../../snapshot/file/input-file.js';
import { loadCapture } from '../../snapshot/file/load.js';
import { identityOf } from '../identity.js';
import type { Identity } from '../store.js';
import { serviceFolder, serviceOfFolder, timeInName } from './file-names.js';
import type { LeftOut } from './left-out.js';

/** A profile of which only the beginning of the file has been read. */
export interface FoundProfile {
  readonly path: string;
  /** Of a .tmseries: which one; null for the file of one snapshot. */
  readonly round: number | null;
  readonly identity: Identity;
  readonly timeMs: number;
  readonly tracing: string | undefined;
}

/** What is wanted. Each part only saves the opening of files that are surely of no use: others may come, too. */
export interface Hints {
  readonly service?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
}

const KINDS: ReadonlySet<string> = new Set(['.tmsnap', '.tmseries', '.heapprofile']);
/** More than the magic bytes and the metadata of most files. */
const BEGINNING = 64;

/**
 * All profiles below a folder, also files that somebody put there by hand. A file of an unknown service is of the service that its first folder is named for,
 * or the store's folder itself.
 *
 * @throws UsageError if there is no such folder
 */
export function* findProfiles(folder: string, hints: Hints, leftOut: LeftOut): Generator<FoundProfile> {
  const root = resolve(folder);
  for (const path of filesBelow(root, hints)) {
    const captures = leftOut.orNull(path, () => capturesOf(path)) ?? [];
    const isSeries = captures.length > 1;
    for (const [i, capture] of captures.entries()) {
      const found = leftOut.orNull(path, () => foundAs(path, capture, root));
      if (found) yield { ...found, round: isSeries || extname(path) === '.tmseries' ? i : null };
    }
  }
}

function* filesBelow(root: string, hints: Hints): Generator<string> {
  const own = hints.service === undefined ? null : serviceFolder(hints.service).toLowerCase();
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const isOther = own !== null && topFolder(root, folder).toLowerCase() !== own;
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (KINDS.has(extname(entry.name)) && (entry.isFile() || entry.isSymbolicLink()) && mayBeWanted(entry.name, isOther, hints))
        yield path;
    }
  }
}

/** Files that we wrote tell their time by their name, and their service by their folder. */
function mayBeWanted(
  name: string,
  isOther: boolean,
  { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY }: Hints,
): boolean {
  const timeMs = timeInName(name);
  return timeMs === null || (!isOther && timeMs >= fromMs && timeMs < toMs);
}

/** @throws UsageError that names the folder */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? 1 : -1));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new UsageError(`the store ${folder} cannot be read: ${isMissing ? 'there is no such folder; push to it first' : message}`, {
      cause,
    });
  }
}

/** @throws SnapshotFileError */
function capturesOf(path: string): Pick<CaptureInfo, 'mode' | 'time' | 'target' | 'tracing' | 'resource'>[] {
  const input = inputFile(path);
  if (extname(path) !== '.heapprofile') return isSeriesFile(input.start(BEGINNING)) ? loadRoundCaptures(input) : [loadCapture(input)];
  const target = { pid: null, title: '', nodeVersion: null };
  return [{ mode: 'sampling', time: input.modified.toISOString(), target }];
}

/** @throws UsageError for a profile of another kind */
function foundAs(path: string, capture: ReturnType<typeof capturesOf>[number], root: string): Omit<FoundProfile, 'round'> {
  if (capture.mode === 'churn') throw new UsageError(`${path} is of mode churn, which tells what was allocated, not what is alive`);
  const timeMs = Date.parse(capture.time);
  if (Number.isNaN(timeMs)) throw new UsageError(`${path} has a time that is none: ${capture.time}`);
  const service = serviceOfFolder(topFolder(root, path)) || basename(root);
  const identity = identityOf({ 'service.name': service, ...capture.resource }, capture, relative(root, path));
  return { path, identity, timeMs, tracing: capture.tracing };
}

/** The first folder below the root that leads to a path; empty for a file of the root itself. */
function topFolder(root: string, path: string): string {
  const parts = relative(root, path).split(sep);
  return parts.length > 1 || !KINDS.has(extname(path)) ? parts[0]! : '';
}
