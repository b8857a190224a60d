import 'node-tracemalloc/jest';
import { logIn, logOut } from '../src/sessions';

let visits = 0;

function visit(): void {
  logOut(logIn(`user ${visits++}`));
}

test('a visit leaves nothing behind', async () => {
  await expect(visit).not.toGrow({ artifacts: 'growth' });
});

test('a visit needs little', async () => {
  await expect(visit).toPeakBelow('8 MiB');
});
