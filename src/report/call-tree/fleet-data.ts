/** The processes of a service, as the page shows them. Names have already been made printable. Bytes are those of one process, on average. */
export interface FleetData {
  readonly releases: readonly FleetRelease[];
  /** What grows over the uptime of the processes: leaks first, then by slope. */
  readonly growth: readonly FleetGrowthRow[];
  /** How many more groups grow. */
  readonly more: number;
}

export interface FleetRelease {
  readonly name: string;
  /** By time. */
  readonly points: readonly { readonly timeMs: number; readonly size: number; readonly processes: number }[];
}

export interface FleetGrowthRow {
  readonly verdict: string;
  readonly release: string;
  /** Bytes an hour. */
  readonly slope: number;
  readonly standardError: number;
  /** Processes in which it grows, and all. */
  readonly processes: number;
  readonly of: number;
  readonly place: string;
}
