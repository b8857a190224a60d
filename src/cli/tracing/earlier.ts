import type { LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import type { Earlier } from './last-snapshot.js';

/** A source of snapshots that are saved while a target runs, in case it is killed. */
export interface EarlierSource {
  /** The snapshot to show if there is no last one; null if none was taken. */
  readonly last: Earlier | null;
  stop(): void;
  /** Call it when a later snapshot exists: stops, and removes the files that it replaces. */
  remove(): void;
}

/** A target whose snapshots are saved. */
export type EarlierTarget = Pick<Tracer, 'takeSnapshot' | 'isTracing' | 'onRss' | 'getMemory'>;

/** The newest of the snapshots; null if there is none. The first of two that are of the same moment. */
export function newest(snapshots: readonly (Earlier | null)[]): Earlier | null {
  return snapshots.reduce((best, one) => (one !== null && (best === null || timeOf(one) > timeOf(best)) ? one : best), null);
}

function timeOf({ snapshot }: Earlier): string {
  return snapshot.capture.time;
}

/** The earlier snapshots of a program that we run, and of the processes that it starts if we follow them. */
export class EarlierOfProcesses {
  readonly #make: (pid: number, tracer: EarlierTarget) => readonly EarlierSource[];
  readonly #byPid = new Map<number, readonly EarlierSource[]>();
  readonly #stopListening: () => void;

  /** @param make gives the sources for one process */
  constructor(tracer: LaunchedTracer, make: (pid: number, tracer: EarlierTarget) => readonly EarlierSource[]) {
    this.#make = make;
    this.#add({ pid: tracer.pid, tracer });
    for (const process of tracer.processes) this.#add(process);
    this.#stopListening = tracer.onProcess((process) => this.#add(process));
  }

  stop(): void {
    this.#stopListening();
    for (const source of this.#all()) source.stop();
  }

  /** Gives the newest of a process that has no later snapshot. Its files stay. */
  take(pid: number): Earlier | null {
    const sources = this.#byPid.get(pid) ?? [];
    this.#byPid.delete(pid);
    return newest(sources.map(({ last }) => last));
  }

  /** Removes the files of all that were not taken: later snapshots exist. */
  remove(): void {
    for (const source of this.#all()) source.remove();
  }

  #all(): EarlierSource[] {
    return [...this.#byPid.values()].flat();
  }

  #add({ pid, tracer }: { readonly pid: number; readonly tracer: EarlierTarget }): void {
    this.#byPid.set(pid, this.#make(pid, tracer));
  }
}
