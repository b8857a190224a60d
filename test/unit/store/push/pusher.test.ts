import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
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

/** A store that fails for a while. */
function newServer({ failures = 0 } = {}) {
  const arrived: string[] = [];
  let left = failures;
  let opened = 0;
  let wake = () => {};
  const store = {
    push: async (profiles: readonly Profile[]) => {
      if (left-- > 0) throw new Error('down');
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
    expect(arrived).toEqual(['1 01 a', '1 02 a', '1 03 a']);
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

  it('does not wait for a store that hangs', async () => {
    const { spool } = newSpool();
    const pusher = new Pusher({ open: () => new Promise(() => {}), spool, onNotice: () => {} });
    pusher.add(profile(1));
    expect(await pusher.close(1)).toBe(1);
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

  it('names a damaged profile, removes it, and gives the others', () => {
    const { folder, spool, notices } = newSpool();
    for (const minute of [1, 2, 3]) spool.add(profile(minute));
    const [first, second] = readdirSync(folder).sort();
    writeFileSync(join(folder, first!), readFileSync(join(folder, first!)).subarray(0, 50));
    writeFileSync(join(folder, second!), 'nonsense');
    expect(spool.oldest(10).map(({ profile: { identity } }) => identity.service)).toEqual(['api']);
    expect(notices).toHaveLength(2);
    expect(spool.length).toBe(1);
  });
});
