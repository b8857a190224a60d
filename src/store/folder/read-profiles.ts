import { openInput } from '../../formats/open-file.js';
import { tableOfOriginals } from '../../model/original-places.js';
import { Series } from '../../series/series.js';
import type { AnyFilter } from '../../snapshot/filter.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import type { FoundProfile } from './find-profiles.js';
import type { LeftOut } from './left-out.js';

/** Reads one profile at a time. The rounds of a series come from one reading of its file if they are read one after the other. */
export class ProfileReader {
  readonly #filters: readonly (readonly AnyFilter[])[];
  readonly #leftOut: LeftOut;
  #last: { readonly path: string; readonly series: Series } | null = null;

  constructor(filters: readonly (readonly AnyFilter[])[], leftOut: LeftOut) {
    this.#filters = filters;
    this.#leftOut = leftOut;
  }

  /** The traces that pass the filters, on the lines of the sources if the file knows them; null if it cannot be read. */
  read(profile: FoundProfile): Snapshot | null {
    const snapshot = this.#leftOut.orNull(profile.path, () => this.#open(profile));
    if (!snapshot) return null;
    const { original, table } = snapshot;
    const inSources = original ? new Snapshot({ ...snapshot, table: tableOfOriginals(table, original), original: null }) : snapshot;
    return this.#filters.reduce((rest, filters) => rest.filterTraces(filters), inSources);
  }

  /** The first of the profiles that can be read. */
  readFirst(profiles: readonly FoundProfile[]): Snapshot | null {
    for (const profile of profiles) {
      const snapshot = this.read(profile);
      if (snapshot) return snapshot;
    }
    return null;
  }

  #open({ path, round }: FoundProfile): Snapshot {
    if (round !== null && this.#last?.path === path) return this.#last.series.snapshot(round);
    const input = openInput(path);
    if (!(input instanceof Series)) return input;
    this.#last = { path, series: input };
    return input.snapshot(round ?? -1);
  }
}
