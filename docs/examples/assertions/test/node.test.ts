import { test } from 'node:test';
import { assertNoGrowth, assertPeakBelow } from 'node-tracemalloc/test';
import { logIn, logOut } from '../src/sessions';

let visits = 0;

function visit(): void {
  logOut(logIn(`user ${visits++}`));
}

test('a visit leaves nothing behind', () => assertNoGrowth(visit, { artifacts: 'growth' }));

test('a visit needs little', () => assertPeakBelow('8 MiB', visit));
