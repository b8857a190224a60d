import { expect, test } from '@jest/globals';
import { ConnectionLostError } from '../../../src/errors.js';
import { readResident } from '../../../src/ledger/read-resident.js';
import { failureOf } from '../../helpers/failure.js';

/** Larger than the largest pid of Linux. */
const NOBODY = 2 ** 30;
/** A user without rights. */
const NOBODYS_UID = 65_534;

const testOnLinux = process.platform === 'linux' ? test : test.skip;

testOnLinux('our own process', async () => {
  const { resident, note } = await readResident(process.pid, null);
  const now = process.memoryUsage.rss();
  expect(note).toBeNull();
  expect(resident.rss).toBeGreaterThan(0.8 * now);
  expect(resident.rss).toBeLessThan(1.2 * now);
  expect(resident.binary.rss).toBeGreaterThan(5_000_000);
  expect(resident.heap!.rss).toBeGreaterThan(5_000_000);
});

test('a process on another machine is what it says itself', async () => {
  const { resident, note } = await readResident(null, 1000);
  expect(resident).toMatchObject({ rss: 1000, heap: null, malloc: { rss: 1000 } });
  expect(note).toMatch(/not found on this machine/);
});

testOnLinux('a process that has ended', async () => {
  const error = await failureOf(readResident(NOBODY, 1000));
  expect(error).toBeInstanceOf(ConnectionLostError);
  expect(error.message).toBe(`process ${NOBODY} ended while its memory was read`);
});

testOnLinux("another user's process tells its totals only", async () => {
  const own = process.geteuid!();
  if (own === 0) process.seteuid!(NOBODYS_UID);
  try {
    const { resident, note } = await readResident(1, null);
    expect(note).toMatch(/^\/proc\/1\/smaps may not be read, .* run the command as user 0, or as root for all rows$/);
    expect(resident).toMatchObject({ heap: null, libraries: { rss: 0 } });
    expect(resident.binary.rss + resident.mappedFiles.rss + resident.malloc.rss).toBe(resident.rss);
    expect(resident.rss).toBeGreaterThan(100_000);
  } finally {
    process.seteuid!(own);
  }
});
