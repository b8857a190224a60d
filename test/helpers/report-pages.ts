import { join } from 'node:path';
import { expect } from '@jest/globals';
import { snapshotFrom } from '../unit/snapshot/picture.js';
import { runCommand } from './command.js';
import { temporaryFolder } from './target-process.js';

/** Writes the reports of two pictures of stacks to a folder: `now.html`, and `diff.html` with the difference. */
export async function reportPages({ old, now }: { readonly old: string; readonly now: string }): Promise<string> {
  const folder = temporaryFolder();
  snapshotFrom(old).dump(join(folder, 'old.tmsnap'));
  snapshotFrom(now).dump(join(folder, 'now.tmsnap'));
  for (const args of [
    ['-o', 'now.html'],
    ['--diff', 'old.tmsnap', '-o', 'diff.html'],
  ])
    expect(await runCommand(['report', 'now.tmsnap', ...args], { cwd: folder })).toMatchObject({ code: 0 });
  return folder;
}
