import { SnapshotFileError } from '../errors.js';
import { inputFile } from '../snapshot/file/input-file.js';
import { loadSnapshot } from '../snapshot/file/load.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { SNIFFED_BYTES } from './format.js';
import { FORMATS, formatOfContent } from './registry.js';

/**
 * Opens a snapshot file, or a file in another format that we can read. The content decides the format, not the name. A pipe works too.
 *
 * @throws SnapshotFileError, BadProfileError; both name the file
 */
export function openFile(path: string): Snapshot {
  const file = inputFile(path);
  const format = formatOfContent(file.start(SNIFFED_BYTES));
  const readable = ['a .tmsnap', ...FORMATS.filter(({ read }) => read).map(({ extensions: [usual] }) => `a ${usual}`)].join(' or ');
  if (!format) return new Snapshot(loadSnapshot(file, readable));
  if (format.read) return format.read(file);
  throw new SnapshotFileError(`${path} cannot be read: it is ${format.description}, which can be written only; give ${readable}`);
}
