import { join } from 'node:path';
import { expect } from '@jest/globals';
import { Series } from '../../src/series/series.js';
import { snapshotFrom } from '../unit/snapshot/picture.js';
import { runCommand } from './command.js';
import { roundOf } from './series-simulation.js';
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

/**
 * Six rounds of a program, as `a.tmseries` and its page `series.html`. In each round `app.js:7 keep` keeps 1000 bytes for `POST /login`, and
 * `cache.js:5 put` turns 5000 bytes over for `GET /users/:id`. The first round has 2048 bytes of a package, without a label.
 */
export async function seriesPage(): Promise<string> {
  const folder = temporaryFolder();
  const main = { filename: '/app/main.js', lineno: 1, functionName: 'main' };
  const [keep, put] = [
    { filename: '/app/app.js', lineno: 7, functionName: 'keep' },
    { filename: '/app/cache.js', lineno: 5, functionName: 'put' },
  ];
  const parse = { filename: '/app/node_modules/json5/parse.js', lineno: 9, functionName: 'parse' };
  const rounds = Array.from({ length: 6 }, (_, round) =>
    roundOf(
      [
        { birth: 1, size: 2048, type: 'Object', frames: [main, parse] },
        ...Array.from({ length: round + 1 }, (__, i) => ({
          birth: 10 * i + 11,
          size: 1000,
          type: 'Session',
          label: 'POST /login',
          frames: [main, keep],
        })),
        { birth: 10 * round + 12, size: 5000, type: 'Array', label: 'GET /users/:id', frames: [main, put] },
      ],
      { time: `2024-01-01T00:00:${10 + round}.000Z` },
    ),
  );
  Series.of(rounds).dump(join(folder, 'a.tmseries'));
  expect(await runCommand(['report', 'a.tmseries', '-o', 'series.html'], { cwd: folder })).toMatchObject({
    code: 0,
    stderr: 'report written as series.html\n',
  });
  return folder;
}
