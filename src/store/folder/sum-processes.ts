import type { Snapshot } from '../../snapshot/snapshot.js';
import { Groups } from '../../snapshot/statistics/groups.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';
import { standardErrors } from '../../snapshot/statistics/sampling-error.js';
import { sumTotals } from '../../snapshot/statistics/totals.js';
import type { ReleaseSums } from '../fleet-statistics.js';
import { GroupColumns } from './group-columns.js';

/** Sums over one snapshot of each process. The snapshots are not kept. */
export class ProcessSummer {
  readonly #groups: Groups;
  readonly #cumulative: boolean;
  readonly #sums = new GroupColumns(['size', 'count', 'squares', 'variance', 'processes']);
  #processes = 0;

  constructor(keyType: KeyType, cumulative: boolean) {
    this.#groups = new Groups(keyType);
    this.#cumulative = cumulative;
  }

  add(snapshot: Snapshot): void {
    this.#processes++;
    const assignment = this.#groups.assign(snapshot, this.#cumulative);
    const { size: groups } = this.#groups;
    const { size, count } = sumTotals(snapshot.columns, assignment, groups);
    const errors = standardErrors({ parts: snapshot, assignment }, groups);
    const sums = this.#sums.withRoom(groups);
    for (let group = 0; group < groups; group++) {
      if (size[group] === 0 && count[group] === 0) continue;
      sums.size[group]! += size[group]!;
      sums.count[group]! += count[group]!;
      sums.squares[group]! += size[group]! ** 2;
      sums.variance[group]! += errors[group]! ** 2;
      sums.processes[group]!++;
    }
    this.#groups.forget(snapshot);
  }

  build(): ReleaseSums {
    const groups = Array.from({ length: this.#groups.size }, (_, group) => ({
      traceback: this.#groups.traceback(group),
      ...this.#sums.at(group),
    }));
    return { processes: this.#processes, groups: groups.filter(({ processes }) => processes > 0) };
  }
}
