import type { Snapshot } from '../../snapshot/snapshot.js';
import { Groups } from '../../snapshot/statistics/groups.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';
import { sumTotals } from '../../snapshot/statistics/totals.js';
import type { ReleaseGrowth } from '../fleet-growth.js';
import { type GrowthSums, grows, type ProfileMoments, type SizeMoments, sxxOf, sxyOf, syyOf, type TimeSums } from '../pooled-slope.js';
import { GroupColumns } from './group-columns.js';

const GROWTH = ['size', 'sxy', 'sxy2', 'sxxSxy', 'syy'] as const;

/** Sums over the profiles of one tracing after the other, all of one release. The snapshots are not kept. */
export class GrowthSummer {
  readonly #groups: Groups;
  readonly #cumulative: boolean;
  readonly #whole = new GroupColumns([...GROWTH, 'processes']);
  readonly #late = new GroupColumns(GROWTH);
  #times: { whole: TimeSums; late: TimeSums } = { whole: NO_TIME, late: NO_TIME };
  readonly #tracing = { whole: new TracingSums(), late: new TracingSums() };

  constructor(keyType: KeyType, cumulative: boolean) {
    this.#groups = new Groups(keyType);
    this.#cumulative = cumulative;
  }

  /** Adds a profile of the current tracing. @param hours since the first profile of the tracing @param isLate see ReleaseGrowth */
  add(snapshot: Snapshot, hours: number, isLate: boolean): void {
    const assignment = this.#groups.assign(snapshot, this.#cumulative);
    const { size } = sumTotals(snapshot.columns, assignment, this.#groups.size);
    this.#tracing.whole.add(size, hours);
    if (isLate) this.#tracing.late.add(size, hours);
    this.#groups.forget(snapshot);
  }

  /** Adds the current tracing, which has no further profile, to the sums of the release. */
  endTracing(): void {
    const { whole, late } = this.#tracing;
    if (whole.time.profiles >= 2) {
      this.#times = { ...this.#times, whole: withTime(this.#times.whole, whole.time) };
      const sums = this.#whole.withRoom(this.#groups.size);
      for (const { group, sizes } of whole.groups()) {
        addGrowth(sums, group, { time: whole.time, sizes });
        if (grows(whole.time, sizes)) sums.processes[group]!++;
      }
    }
    if (late.time.profiles >= 2) {
      this.#times = { ...this.#times, late: withTime(this.#times.late, late.time) };
      const sums = this.#late.withRoom(this.#groups.size);
      for (const { group, sizes } of late.groups()) addGrowth(sums, group, { time: late.time, sizes });
    }
    whole.clear();
    late.clear();
  }

  build(release: string): ReleaseGrowth {
    const groups = Array.from({ length: this.#groups.size }, (_, group) => {
      const { processes, ...whole } = this.#whole.at(group);
      return { traceback: this.#groups.traceback(group), whole, late: this.#late.at(group), processes };
    });
    return { release, ...this.#times, groups: groups.filter(({ whole }) => whole.size > 0) };
  }
}

const NO_TIME: TimeSums = { tracings: 0, profiles: 0, sxx: 0, sxx2: 0 };

function withTime({ tracings, profiles, sxx, sxx2 }: TimeSums, time: ProfileMoments): TimeSums {
  const own = sxxOf(time);
  return { tracings: tracings + 1, profiles: profiles + time.profiles, sxx: sxx + own, sxx2: sxx2 + own ** 2 };
}

interface OfTracing {
  readonly time: ProfileMoments;
  readonly sizes: SizeMoments;
}

function addGrowth(sums: Readonly<Record<keyof GrowthSums, Float64Array>>, group: number, { time, sizes }: OfTracing): void {
  const [sxx, sxy] = [sxxOf(time), sxyOf(time, sizes)];
  sums.size[group]! += sizes.size;
  sums.sxy[group]! += sxy;
  sums.sxy2[group]! += sxy ** 2;
  sums.sxxSxy[group]! += sxx * sxy;
  sums.syy[group]! += syyOf(time, sizes);
}

/** Sums over the profiles of one tracing. */
class TracingSums {
  time: ProfileMoments = NO_PROFILES;
  readonly #sums = new GroupColumns(['size', 'squares', 'products']);
  readonly #present = new Set<number>();

  /** @param sizes bytes by group */
  add(sizes: Float64Array, hours: number): void {
    const { profiles, hours: before, squares } = this.time;
    this.time = { profiles: profiles + 1, hours: before + hours, squares: squares + hours ** 2 };
    const sums = this.#sums.withRoom(sizes.length);
    for (let group = 0; group < sizes.length; group++) {
      const size = sizes[group]!;
      if (size === 0) continue;
      this.#present.add(group);
      sums.size[group]! += size;
      sums.squares[group]! += size ** 2;
      sums.products[group]! += size * hours;
    }
  }

  *groups(): Generator<{ readonly group: number; readonly sizes: SizeMoments }> {
    for (const group of this.#present) yield { group, sizes: this.#sums.at(group) };
  }

  clear(): void {
    this.time = NO_PROFILES;
    this.#sums.clear(this.#present);
    this.#present.clear();
  }
}

const NO_PROFILES: ProfileMoments = { profiles: 0, hours: 0, squares: 0 };
