import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import { FolderStore } from '../../../../src/store/folder/folder-store.js';
import type { FleetGrowth, LeaksQuestion } from '../../../../src/store/store.js';
import { everythingOf } from '../../../helpers/fleet-questions.js';
import { type Line, type SimulatedService, simulateService, trafficOf } from '../../../helpers/fleet-simulation.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;
const PROCESSES = 8;

/** Line 1 leaks on 2.1 only. */
function linesOf(rate: number): Line[] {
  return [
    { kind: 'leak', rate },
    { kind: 'turnover', samples: 40, hours: 0.05 },
    { kind: 'cache', samples: 60, hours: 0.5 },
    { kind: 'warm-up', samples: 80, hours: 0.4 },
    ...Array.from({ length: 16 }, (): Line => ({ kind: 'turnover', samples: 3, hours: 0.3 })),
  ];
}

const SERVICE: SimulatedService = {
  service: 'api',
  seed: 4,
  startMs: Date.UTC(2026, 0, 1),
  profiles: 12,
  everyMs: HOUR_MS / 6,
  restarting: 0.25,
  releases: [
    { release: '2.0', processes: PROCESSES, lines: linesOf(0) },
    { release: '2.1', processes: PROCESSES, lines: linesOf(6 * MIB) },
  ],
};

const QUESTION: LeaksQuestion = { ...everythingOf('api'), releases: [] };

afterAll(reapTargets);

let store: FolderStore;
let growth: readonly FleetGrowth[];

beforeAll(async () => {
  store = new FolderStore(temporaryFolder());
  await store.push([...simulateService(SERVICE)]);
  ({ growth } = await store.leaks(QUESTION));
});

function of(release: string, line: number): FleetGrowth {
  return growth.find((one) => one.release === release && one.traceback.at(0)!.lineno === line)!;
}

describe('the leaks of a simulated fleet', () => {
  it('are the planted line on the one release, and nothing else: no cache that fills, no warm-up, no restart', () => {
    const leaks = growth
      .filter(({ verdict }) => verdict === 'leaks')
      .map(({ release, traceback }) => `${release} ${traceback.at(0)!.lineno}`);
    expect(leaks).toEqual(['2.1 1']);
  });

  it('have the planted slope, within three of its errors, and say in how many processes', () => {
    const { slope, standardError, processes, of: all } = of('2.1', 1);
    const traffic = Array.from({ length: PROCESSES }, (_, process) => trafficOf(process));
    // a process that restarts in the middle counts twice, each time with a part of the time
    const mean = traffic.reduce((sum, factor) => sum + factor, 0) / PROCESSES;
    expect(Math.abs(slope - 6 * MIB * mean)).toBeLessThan(3 * standardError);
    expect(standardError).toBeLessThan(0.2 * slope);
    expect(all).toBe(PROCESSES + 2);
    expect(processes).toBeGreaterThanOrEqual(PROCESSES);
  });

  it('has no slope for what comes and goes', () => {
    const { slope, standardError, verdict } = of('2.1', 2);
    expect(Math.abs(slope)).toBeLessThan(3 * standardError);
    expect(verdict).toBe('level');
  });

  it('can be asked of one release, a time, a host and an attribute', async () => {
    const ofOne = await store.leaks({ ...QUESTION, releases: ['2.0'] });
    expect(new Set(ofOne.growth.map(({ release }) => release))).toEqual(new Set(['2.0']));
    const ofHost = await store.leaks({ ...QUESTION, releases: ['2.1'], host: 'host-[1]' });
    expect(ofHost.growth[0]!.of).toBe(4);
    const ofPod = await store.leaks({ ...QUESTION, releases: ['2.1'], attributes: { 'k8s.pod.name': 'pod-5' } });
    expect(ofPod.growth[0]).toMatchObject({ of: 1, verdict: 'leaks' });
    const atOnce = await store.leaks({ ...QUESTION, to: new Date(SERVICE.startMs + HOUR_MS / 6) });
    expect(atOnce.growth).toEqual([]); // one profile of each process
  });

  it('do not depend on clocks that are apart', async () => {
    const [together, apart] = [new FolderStore(temporaryFolder()), new FolderStore(temporaryFolder())];
    const profiles = [
      ...simulateService({ ...SERVICE, releases: [{ release: '2.1', processes: 3, lines: linesOf(6 * MIB).slice(0, 3) }] }),
    ];
    await together.push(profiles);
    await apart.push(
      profiles.map(({ identity, snapshot }) => {
        const time = new Date(Date.parse(snapshot.capture.time) + (identity.pid - 1000) * 24 * HOUR_MS).toISOString();
        return { identity, snapshot: new Snapshot({ ...snapshot, capture: { ...snapshot.capture, time } }) };
      }),
    );
    const found = async (one: FolderStore) =>
      (await one.leaks(QUESTION)).growth.map(({ verdict, slope, standardError }) => [verdict, slope.toFixed(3), standardError.toFixed(3)]);
    expect(await found(apart)).toEqual(await found(together));
  });
});
