import { UsageError } from '../errors.js';
import { copyTracebacks } from '../model/compact.js';
import { LabelInterner, NO_LABEL } from '../model/label-interner.js';
import { type OriginalPlaces, OriginalPlacesBuilder } from '../model/original-places.js';
import type { SnapshotParts } from '../model/snapshot-parts.js';
import { StackTableBuilder } from '../model/stack-table.js';
import { StringInterner } from '../model/string-interner.js';
import type { TraceColumns } from '../model/trace-columns.js';
import type { Lifetimes, RoundFacts } from './lifetimes.js';

/** By birth: the traces of one thread that the thread's last round has. Memory outside of the heap has the birth of its owner. */
type AliveTraces = Map<number, number[]>;

/** The columns of a trace, with the ids of the series. `type` is -1 if no types are known. */
const COLUMNS = ['traceback', 'size', 'count', 'domain', 'type', 'thread', 'birth', 'label'] as const;
type ColumnName = (typeof COLUMNS)[number];
type Row = Readonly<Record<ColumnName, number>>;

/**
 * Adds the snapshots of one tracing, one after the other. A snapshot is not kept: the builder grows by the traces that it has not seen before.
 * Within one tracing, a trace is recognised by its thread and its birth.
 */
export class LifetimesBuilder {
  readonly #table = new StackTableBuilder();
  readonly #threads = new StringInterner();
  readonly #types = new StringInterner();
  readonly #labels = new LabelInterner();
  readonly #rounds: RoundFacts[] = [];
  readonly #sourceMaps = new Map<string, string>();
  readonly #originals: { readonly places: OriginalPlaces; readonly locations: readonly number[] }[] = [];
  /** By thread. A thread that a round lacks keeps what it had. */
  readonly #alive: AliveTraces[] = [];
  /** By trace. An object a trace would take three times as much memory. */
  readonly #columns: Record<ColumnName, number[]> = {
    traceback: [],
    size: [],
    count: [],
    domain: [],
    type: [],
    thread: [],
    birth: [],
    label: [],
  };
  /** Those that are filled. That of the labels is empty until a round has one, because most series have none. */
  #used: readonly ColumnName[] = COLUMNS.filter((name) => name !== 'label');
  readonly #first: number[] = [];
  readonly #last: number[] = [];
  #has = { domain: false, type: false };
  #tracebackLimit = 0;

  get length(): number {
    return this.#rounds.length;
  }

  /** @throws UsageError that names the round and the reason, if the snapshot does not continue the tracing; it is then not added */
  add(snapshot: SnapshotParts & { readonly lastBirths: readonly number[] | null }): void {
    const lastBirths = this.#checked(snapshot);
    const { ids, locations } = copyTracebacks(snapshot.table, this.#table, () => true);
    if (snapshot.original) this.#originals.push({ places: snapshot.original, locations });
    for (const [filename, url] of snapshot.sourceMaps ?? []) this.#sourceMaps.set(filename, url);
    const threads = snapshot.threads.map((name) => this.#threads.intern(name));
    const types = snapshot.types.map((name) => this.#types.intern(name));
    const labels = snapshot.labels.map((name) => this.#labels.intern(name));
    if (snapshot.columns.label) this.#useLabels();
    const alive = threads.map((): AliveTraces => new Map());
    const { columns } = snapshot;
    const round = this.#rounds.length;
    for (let row = 0; row < columns.length; row++) {
      const index = columns.thread ? columns.thread[row]! : 0;
      const trace = this.#traceOf(
        {
          traceback: ids[columns.traceback[row]!]!,
          size: columns.size[row]!,
          count: columns.count[row]!,
          domain: columns.domain ? columns.domain[row]! : 0,
          thread: threads[index]!,
          type: columns.type ? types[columns.type[row]!]! : -1,
          birth: columns.birth![row]!,
          label: columns.label ? labels[columns.label[row]!]! : NO_LABEL,
        },
        round,
      );
      const alike = alive[index]!.get(columns.birth![row]!);
      if (alike) alike.push(trace);
      else alive[index]!.set(columns.birth![row]!, [trace]);
    }
    threads.forEach((thread, index) => {
      this.#alive[thread] = alive[index]!;
    });
    this.#has = { domain: this.#has.domain || columns.domain !== null, type: this.#has.type || columns.type !== null };
    this.#tracebackLimit = Math.max(this.#tracebackLimit, snapshot.tracebackLimit);
    this.#rounds.push({ capture: snapshot.capture, threads, lastBirths });
  }

  build(): Lifetimes {
    const table = this.#table.build();
    const columns = this.#builtColumns();
    const original = new OriginalPlacesBuilder(table.locationFile.length);
    for (const { places, locations } of this.#originals) {
      locations.forEach((origin, location) => {
        original.copy(location, places, origin);
      });
    }
    return {
      table,
      columns,
      first: Uint32Array.from(this.#first),
      last: Uint32Array.from(this.#last),
      threads: this.#threads.values,
      types: this.#types.values,
      labels: this.#labels.values,
      tracebackLimit: this.#tracebackLimit,
      rounds: [...this.#rounds],
      sourceMaps: new Map(this.#sourceMaps),
      original: original.build(),
    };
  }

  /** The number of the trace in the series. A trace whose size or place has changed is a new one. */
  #traceOf(row: Row, round: number): number {
    for (const trace of this.#alive[row.thread]?.get(row.birth) ?? []) {
      if (this.#last[trace] === round || !this.#used.every((name) => this.#columns[name][trace] === row[name])) continue;
      this.#last[trace] = round;
      return trace;
    }
    for (const name of this.#used) this.#columns[name].push(row[name]);
    this.#first.push(round);
    return this.#last.push(round) - 1;
  }

  #useLabels(): void {
    if (this.#used === COLUMNS) return;
    this.#used = COLUMNS;
    this.#columns.label = new Array<number>(this.#columns.birth.length).fill(NO_LABEL);
  }

  #builtColumns(): TraceColumns {
    const { traceback, size, count, domain, type, thread, birth, label } = this.#columns;
    const unknown = this.#has.type ? this.#types.intern('') : 0;
    return {
      length: birth.length,
      traceback: Uint32Array.from(traceback),
      size: Float64Array.from(size),
      count: Uint32Array.from(count),
      domain: this.#has.domain ? Uint32Array.from(domain) : null,
      thread: this.#threads.values.length > 1 ? Uint16Array.from(thread) : null,
      type: this.#has.type ? Uint32Array.from(type, (id) => (id === -1 ? unknown : id)) : null,
      label: this.#used === COLUMNS ? Uint16Array.from(label) : null,
      birth: Float64Array.from(birth),
    };
  }

  #checked({ capture, columns, threads, lastBirths }: SnapshotParts): readonly number[] {
    const number = this.#rounds.length + 1;
    if (capture.mode === 'churn')
      throw new UsageError(`snapshot ${number} cannot be a round: churn mode does not tell which block is alive; take it in another mode`);
    if (!columns.birth || !lastBirths || capture.tracing === undefined)
      throw new UsageError(`snapshot ${number} cannot be a round: its order of allocation is not known; take it with a tracer`);
    const [before] = this.#rounds.slice(-1);
    if (!before) return lastBirths;
    if (capture.tracing !== before.capture.tracing)
      throw new UsageError(
        `snapshot ${number} is not of the tracing of those before it; take all between one start and its stop, without clearTraces in between`,
      );
    const changes = threads.map((name, i) => lastBirths[i]! - this.#lastBirthIn(before, name));
    // A clock can be set back, so the births decide.
    if (capture.time < before.capture.time && changes.some((change) => change < 0) && !changes.some((change) => change > 0))
      throw new UsageError(`snapshot ${number} is older than the one before it; give them in the order in which they were taken`);
    if (capture.resumed !== before.capture.resumed)
      throw new UsageError(`the tracing began again before snapshot ${number}, and lost what it knew; begin a new series with it`);
    return lastBirths;
  }

  #lastBirthIn({ threads, lastBirths }: RoundFacts, name: string): number {
    return lastBirths[threads.indexOf(this.#threads.intern(name))] ?? -1;
  }
}
