import type { Traceback } from '../../model/traceback.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';
import { printable } from '../../text/printable.js';
import type { FleetGrowthRow, FleetRelease } from '../call-tree/fleet-data.js';
import type { ReportData } from '../call-tree/report-data.js';
import { placeOf } from '../text/place.js';
import { buildReport, type ReportOptions } from './build-report.js';
import { reportFacts } from './facts.js';

/** The answers of a store that a page shows. */
export interface FleetReport extends Omit<ReportOptions, 'embedSources'> {
  /** One sentence for each thing that a reader must know. */
  readonly notes: readonly string[];
  readonly keyType: KeyType;
  readonly releases: readonly FleetRelease[];
  readonly growth: readonly (Omit<FleetGrowthRow, 'place'> & { readonly traceback: Traceback })[];
}

/** A page is no place to read more. */
const MOST_ROWS = 200;
const SHOWN: ReadonlySet<string> = new Set(['leaks', 'grows']);

/** The page of a service: its memory over time by release, what grows, and what `buildReport` shows. @param now of one process, on average */
export function buildFleetReport(now: Snapshot, { notes, keyType, releases, growth, ...options }: FleetReport): ReportData {
  const data = buildReport(now, { ...options, embedSources: false });
  const growing = growth.filter(({ verdict }) => SHOWN.has(verdict));
  return {
    ...data,
    // not those of a comparison: two releases are never of one tracing, and their program differs by its name alone
    facts: { ...data.facts, notes: [...notes, ...reportFacts(now, null).notes] },
    fleet: {
      releases: releases.map(({ name, points }) => ({ name: printable(name), points })),
      growth: growing.slice(0, MOST_ROWS).map(({ traceback, release, ...rest }) => ({
        ...rest,
        release: printable(release),
        place: placeOf(traceback, { keyType, cwd: options.cwd }),
      })),
      more: Math.max(0, growing.length - MOST_ROWS),
    },
  };
}
