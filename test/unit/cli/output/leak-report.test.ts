import { Writable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { reportLeaks } from '../../../../src/cli/output/leak-report.js';
import { Series } from '../../../../src/series/series.js';
import type { TraceInput } from '../../../../src/snapshot/from-traces.js';
import { roundOf } from '../../../helpers/series-simulation.js';

const NOTE = /^nothing that the program allocated in these rounds was alive at their end: if no work was done/m;

/** The output of one stream as text. */
class Text extends Writable {
  text = '';
  override _write(chunk: unknown, _: BufferEncoding, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

/** What stderr says about six rounds; in the fourth one a block is made that lives until the end. */
function notesAbout(frames: TraceInput['frames'], groupBy: 'lineno' | 'label' = 'lineno'): string {
  const rounds = [0, 1, 2, 3, 4, 5].map((round) =>
    roundOf(round < 3 ? [] : [{ birth: 7, size: 64, frames }], { time: `2024-01-01T00:00:0${round}.000Z` }),
  );
  const series = Series.of(rounds);
  const [stream, err] = [new Text(), new Text()];
  const values = { groupBy, json: false, warmup: 1, color: false } as const;
  const code = reportLeaks(series, { unfiltered: series, values, rules: [], stream, console: { out: stream, err, cwd: '/app' } });
  expect([code, stream.text]).toEqual([0, expect.stringMatching(/^nothing grew in every round$/m)]);
  return err.text;
}

it.each<[string, TraceInput['frames'], boolean]>([
  ['Node has made it for itself', [['node:internal/timers', 5]], true],
  ['V8 has made it', [['<V8 API>', 0]], true],
  ['the program has made it', [['/app/main.js', 2]], false],
  [
    'Node has made it for the program',
    [
      ['/app/main.js', 2],
      ['node:net', 9],
    ],
    false,
  ],
])('one block is left of all rounds: %s', (_, frames, isNoted) => {
  expect(NOTE.test(notesAbout(frames))).toBe(isNoted);
});

it('says that labels were not recorded if they are asked for', () => {
  expect(notesAbout([['/app/main.js', 2]], 'label')).toMatch(/^--group-by label needs labels, which this tracing did not record: .*\n$/);
});
