import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { describeNodes } from '../../helpers/describe-nodes.js';
import { repoPath } from '../../helpers/paths.js';

const PROGRAM = `
  import { expectCounts } from 'node-tracemalloc/test';
  class Session { constructor() { this.user = {}; } }
  class Guest extends Session {}
  const kept = [new Session(), new Session()];
  const outcome = (expected, work) => expectCounts(expected, work).then(() => 'passes', ({ name, message }) => name + ': ' + message);
  console.log(JSON.stringify([
    await outcome({ Session: 0, Guest: 0 }, () => { new Session(); }),
    await outcome({ Session: 2, Guest: 1 }, async () => { await null; kept.push(new Session(), new Session(), new Guest()); }),
    await outcome({ Session: 0 }, () => { kept.push(new Session()); }),
    await outcome({ Session: 0 }, () => { kept.shift(); }),
    await outcome({ Session: 0 }, () => { throw new RangeError('of the work'); }),
    await outcome({}, () => {}),
    await outcome({ Session: -1 }, () => {}),
    await outcome({ Session: 0 }, 'no function'),
  ]));
`;

describeNodes(
  'expectCounts on Node $major',
  (major) => major >= 20,
  ({ execPath }) => {
    it('counts what the work made and left behind (long)', async () => {
      const args = ['--input-type=module', '--eval', PROGRAM];
      const { stdout } = await promisify(execFile)(execPath, args, {
        cwd: repoPath(),
        env: { ...process.env, NODE_OPTIONS: '' },
        timeout: 50_000,
      });
      expect(JSON.parse(stdout)).toEqual([
        'passes',
        'passes',
        'AssertionError: after the work there are 1 of Session, not 0',
        'passes',
        'RangeError: of the work',
        'UsageError: expectCounts needs the counts by class, such as { Session: 0 }',
        'UsageError: the count of Session must be a whole number from 0 on, not -1',
        'UsageError: the work must be a function that can be called again and again, not string',
      ]);
    });
  },
);
