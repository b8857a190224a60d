import { afterEach, expect, test } from '@jest/globals';
import { asItsUser } from '../../../src/discovery/other-users.js';

const { geteuid } = process;

afterEach(() => {
  process.geteuid = geteuid!;
});

test.each([
  [1000, 0, 'as user 0, or as root'],
  [1000, 33, 'as user 33, or as root'],
  // In a container root has no right to look into the processes of others, unless it was given.
  [0, 1000, 'as user 1000 (docker exec --user 1000, or su), or with the capability SYS_PTRACE'],
  [0, 0, 'with the capability SYS_PTRACE'],
])('user %d looks at a process of user %d', (own, uid, advice) => {
  process.geteuid = () => own;
  expect(asItsUser({ uid })).toBe(advice);
});
