import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { BadProfileError, StoreError } from '../../../../src/errors.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import { FolderStore } from '../../../../src/store/folder/folder-store.js';
import { Pusher } from '../../../../src/store/push/pusher.js';
import { Spool } from '../../../../src/store/push/spool.js';
import type { Profile, Store } from '../../../../src/store/store.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

afterAll(reapTargets);

function profile(minute: number, pid = 1): Profile {
  const bare = Snapshot.fromTraces([{ size: 10 * minute, frames: [['/a.js', minute]] }]);
  const time = `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
  return {
    identity: { service: 'api', release: '1', host: 'h', pid, instance: '', attributes: { 'team.name': 'a' } },
    snapshot: new Snapshot({ ...bare, capture: { ...bare.capture, time } }),
  };
}

/** A store that fails for a while, and whenever `fault` gives an error for one of the profiles. */
function newServer({ failures = 0, fault = (_profile: Profile): Error | null => null } = {}) {
  const arrived: string[] = [];
  let left = failures;
  let opened = 0;
  let wake = () => {};
  const store = {
    push: async (profiles: readonly Profile[]) => {
      if (left-- > 0) throw new StoreError('down');
      const error = profiles.map(fault).find((found) => found !== null);
      if (error) throw error;
      for (const { identity, snapshot } of profiles)
        arrived.push(`${identity.pid} ${snapshot.capture.time.slice(14, 16)} ${identity.attributes['team.name']}`);
      wake();
    },
    close: async () => {},
  } as unknown as Store;
  const open = async () => {
    opened++;
    return store;
  };
  /** Resolves when so many have arrived. */
  const has = async (count: number) => {
    while (arrived.length < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { arrived, open, has, opened: () => opened };
}

function newSpool(folder = temporaryFolder(), mostBytes = 1e9) {
  const notices: string[] = [];
  return { folder, notices, spool: new Spool(folder, { mostBytes, onNotice: (notice) => notices.push(notice) }) };
}

describe('a pusher', () => {
  it('sends each profile once, while the store is there', async () => {
    const { arrived, open, has } = newServer();
    const { spool, notices } = newSpool();
    const pusher = new Pusher({ open, spool, onNotice: (notice) => notices.push(notice) });
    pusher.add(profile(1));
    pusher.add(profile(2));
    await has(2);
    pusher.add(profile(3));
    expect(await pusher.close(10_000)).toBe(0);
    expect(arrived).toEqual(['1 01 a', '1 02 a', '1 03 a']);
    expect(notices).toEqual([]);
  });

  it('keeps them in the spool while the store is down, and tells of it once', async () => {
    const { arrived, open, has, opened } = newServer({ failures: 4 });
    const { spool, notices } = newSpool();
    const pusher = new Pusher({ open, spool, onNotice: (notice) => notices.push(notice), firstWaitMs: 1 });
    for (const minute of [1, 2, 3]) pusher.add(profile(minute));
    await has(3);
    expect(await pusher.close(10_000)).toBe(0);
    expect(arrived.toSorted()).toEqual(['1 01 a', '1 02 a', '1 03 a']);
    expect(opened()).toBe(5);
    expect(notices).toEqual(['the store does not take profiles, which wait in the spool: down', 'the store answers again']);
  });

  it('leaves in the spool what the store does not take to the end, and the next one sends it', async () => {
    const down = newServer({ failures: Number.POSITIVE_INFINITY });
    const { folder, spool } = newSpool();
    const first = new Pusher({ open: down.open, spool, onNotice: () => {} });
    first.add(profile(1));
    first.add(profile(2, 7));
    expect(await first.close(10_000)).toBe(2);
    const up = newServer();
    const second = new Pusher({ open: up.open, spool: newSpool(folder).spool, onNotice: () => {} });
    await up.has(2);
    expect(await second.close(10_000)).toBe(0);
    expect(up.arrived).toEqual(['1 01 a', '7 02 a']);
  });

  it('sets aside what the store can never take, names it once, and sends the others', async () => {
    const isBad = ({ snapshot }: Profile) => /:(03|11|12|20):/.test(snapshot.capture.time);
    const { arrived, open, has } = newServer({ fault: (one) => (isBad(one) ? new BadProfileError('half a name') : null) });
    const { folder, spool, notices } = newSpool();
    const minutes = Array.from({ length: 20 }, (_, index) => index + 1);
    for (const minute of minutes) spool.add(profile(minute));
    const pusher = new Pusher({ open, spool, onNotice: (notice) => notices.push(notice) });
    await has(16);
    pusher.add(profile(21));
    expect(await pusher.close(10_000)).toBe(0);
    expect(arrived.map((line) => Number(line.split(' ')[1]))).toEqual(
      [...minutes, 21].filter((minute) => ![3, 11, 12, 20].includes(minute)),
    );
    const kept = readdirSync(folder);
    expect(kept.map((name) => Snapshot.load(join(folder, name)).capture.time.slice(14, 16)).sort()).toEqual(['03', '11', '12', '20']);
    expect(notices).toHaveLength(4);
    expect(notices[0]).toBe(
      `the store refuses a profile: half a name; it is not sent again, and kept as ${join(folder, kept.sort()[0]!)} while the spool has room`,
    );
  });

  it.each([
    ['that cannot be encoded', new RangeError('Invalid time value'), 0],
    ['whose fault is not known', new StoreError('too large for us'), 1],
  ])('sends the others before a profile %s, and later asks again only about one that may be taken some day', async (_, error, left) => {
    const { arrived, open, has } = newServer({ fault: ({ identity }) => (identity.pid === 1 ? error : null) });
    const { spool, notices } = newSpool();
    const pusher = new Pusher({ open, spool, onNotice: (notice) => notices.push(notice), firstWaitMs: 1 });
    for (const [index, pid] of [1, 2, 3, 4].entries()) pusher.add(profile(index + 1, pid));
    await has(3);
    pusher.add(profile(5, 5));
    await has(4);
    expect(await pusher.close(10_000)).toBe(left);
    expect(arrived.map((line) => line.slice(0, 1))).toEqual(['2', '3', '4', '5']);
    expect(notices).toHaveLength(1);
  });

  it('does not wait for a store that hangs, and gives it up', async () => {
    const { spool, notices } = newSpool();
    const given: AbortSignal[] = [];
    const open = (signal: AbortSignal) => {
      given.push(signal);
      return new Promise<Store>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const pusher = new Pusher({ open, spool, onNotice: (notice) => notices.push(notice) });
    pusher.add(profile(1));
    expect(await pusher.close(1)).toBe(1);
    expect(given.map(({ aborted }) => aborted)).toEqual([true]);
    expect(notices).toEqual(['the store has not taken all profiles within 0.001 s']);
  });

  it('sends the same profiles as another one beside it, which count once', async () => {
    const folder = temporaryFolder();
    const { folder: spoolFolder } = newSpool();
    const pushers = [1, 2].map(
      () => new Pusher({ open: async () => new FolderStore(folder), spool: newSpool(spoolFolder).spool, onNotice: () => {} }),
    );
    for (const pusher of pushers) for (let minute = 1; minute <= 9; minute++) pusher.add(profile(minute));
    expect(await Promise.all(pushers.map((pusher) => pusher.close(10_000)))).toEqual([0, 0]);
    expect(readdirSync(join(folder, 'api', '2026-01-01'))).toHaveLength(9);
  });
});

describe('the spool', () => {
  it('drops the oldest if it is full, and says so', () => {
    const folder = temporaryFolder();
    const { spool: measured } = newSpool(folder);
    measured.add(profile(1));
    const bytes = readFileSync(join(folder, readdirSync(folder)[0]!)).length;
    const { spool, notices } = newSpool(folder, 3.5 * bytes);
    for (let minute = 2; minute <= 5; minute++) spool.add(profile(minute));
    expect(spool.oldest(10).map((one) => one.profile.snapshot.capture.time.slice(14, 16))).toEqual(['03', '04', '05']);
    expect(notices).toHaveLength(2);
    expect(notices[0]).toMatch(/is full: the oldest profile is lost$/);
  });

  it('drops first what was set aside', () => {
    const { folder, spool: measured } = newSpool();
    for (const minute of [1, 2]) measured.add(profile(minute));
    const [first, second] = readdirSync(folder).sort();
    const bytes = readFileSync(join(folder, first!)).length;
    measured.setAside(second!, 'refused');
    const { spool, notices } = newSpool(folder, 2.5 * bytes);
    for (const minute of [3, 4]) spool.add(profile(minute));
    expect(spool.oldest(10).map((one) => one.profile.snapshot.capture.time.slice(14, 16))).toEqual(['03', '04']);
    expect(readdirSync(folder)).toHaveLength(2);
    expect(notices).toEqual([expect.stringMatching(/is full: the oldest profile is lost$/)]);
  });

  it('names a damaged profile, sets it aside, and gives the others', () => {
    const { folder, spool, notices } = newSpool();
    for (const minute of [1, 2, 3]) spool.add(profile(minute));
    const [first, second] = readdirSync(folder).sort();
    writeFileSync(join(folder, first!), readFileSync(join(folder, first!)).subarray(0, 50));
    writeFileSync(join(folder, second!), 'nonsense');
    expect(spool.oldest(10).map(({ profile: { identity } }) => identity.service)).toEqual(['api']);
    expect(notices).toHaveLength(2);
    expect(spool.oldest(10)).toHaveLength(1);
    expect(notices).toHaveLength(2);
    expect([spool.length, readdirSync(folder).length]).toEqual([1, 3]);
  });
});
