import { ConnectionLostError, TracemallocError } from '../errors.js';
import { encode, encodeChange } from '../formats/export.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { indexPage, PAGE_POLICY } from './index-page.js';
import { METRICS_TYPE, metricsText } from './metrics.js';
import { secondsOf } from './profile-query.js';
import { Refusal, retryAfter } from './refusal.js';
import type { SharedSnapshots } from './shared-snapshots.js';
import { Slots } from './slots.js';

export interface Answer {
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

interface Parameters {
  readonly query: URLSearchParams;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

interface Shown {
  /** Maps a snapshot to the lines that the user wants to see. */
  readonly show: (snapshot: Snapshot) => Snapshot;
  /** The target is traced in churn mode: only `allocs` is there. */
  readonly isChurn: boolean;
  /** Says what the resident memory of the target consists of. */
  readonly readLedger: () => Promise<Ledger | null>;
}

type Endpoint = (parameters: Parameters) => Promise<Answer>;

/** The limit is low because each of them waits for minutes and takes a snapshot of its own. */
const MAX_DIFFERENCES = 8;

/** The answers that are served, by path. */
export class Endpoints {
  readonly #snapshots: SharedSnapshots;
  readonly #show: (snapshot: Snapshot) => Snapshot;
  readonly #readLedger: () => Promise<Ledger | null>;
  readonly #profiles = new WeakMap<Snapshot, Uint8Array>();
  readonly #ledgers = new WeakMap<Snapshot, Promise<Ledger | null>>();
  readonly #differences = new Slots(MAX_DIFFERENCES);
  readonly #isChurn: boolean;
  readonly #paths: ReadonlyMap<string, Endpoint>;
  #target: Snapshot['capture']['target'] | null = null;

  constructor(snapshots: SharedSnapshots, { show, isChurn, readLedger }: Shown) {
    this.#isChurn = isChurn;
    this.#snapshots = snapshots;
    this.#show = show;
    this.#readLedger = readLedger;
    const index: Endpoint = async () => this.#index();
    this.#paths = new Map<string, Endpoint>([
      ['/debug/pprof', index],
      ['/debug/pprof/', index],
      ['/debug/pprof/heap', (parameters) => (isChurn ? refuseHeap() : this.#profile('heap', parameters))],
      // Without churn mode these are live allocations too, as the sample types say. V8 can add the dead, but not separately, and not on Node 18.
      ['/debug/pprof/allocs', (parameters) => this.#profile('allocs', parameters)],
      ['/metrics', () => this.#metrics()],
    ]);
  }

  /** @throws Refusal */
  answer(path: string, parameters: Parameters): Promise<Answer> {
    const endpoint = this.#paths.get(path);
    if (!endpoint) throw new Refusal(404, 'not found: the paths are /debug/pprof/, /debug/pprof/heap, /debug/pprof/allocs and /metrics');
    return endpoint(parameters);
  }

  #index(): Answer {
    return {
      type: 'text/html; charset=utf-8',
      headers: { 'Content-Security-Policy': PAGE_POLICY },
      body: indexPage(this.#target, this.#snapshots, { isChurn: this.#isChurn }),
    };
  }

  async #profile(name: string, { query, signal }: Parameters): Promise<Answer> {
    const seconds = secondsOf(query);
    const body = seconds === null ? this.#encoded(await this.#latest()) : await this.#difference(seconds, signal);
    const filename = seconds === null ? name : `${name}-delta`;
    return { type: 'application/octet-stream', headers: { 'Content-Disposition': `attachment; filename="${filename}"` }, body };
  }

  async #difference(seconds: number, signal: AbortSignal): Promise<Uint8Array> {
    const leave = this.#differences.enter();
    try {
      const { snapshot: old, begun } = await this.#asked(this.#snapshots.latest());
      const { snapshot } = await this.#asked(this.#snapshots.since(begun + seconds * 1000, signal));
      return encodeChange(this.#show(snapshot), this.#show(old));
    } finally {
      leave();
    }
  }

  /** Encodes each snapshot once, since many clients may ask for the same one. */
  #encoded(snapshot: Snapshot): Uint8Array {
    const known = this.#profiles.get(snapshot);
    if (known) return known;
    const profile = Buffer.concat([...encode(this.#show(snapshot), 'pprof')]);
    this.#profiles.set(snapshot, profile);
    return profile;
  }

  async #metrics(): Promise<Answer> {
    let snapshot: Snapshot | null = null;
    try {
      snapshot = await this.#latest();
    } catch (error) {
      if (!(error instanceof Refusal) || error.cause instanceof ConnectionLostError) throw error;
    }
    const ledger = snapshot && (await this.#ledgerAt(snapshot));
    return { type: METRICS_TYPE, body: metricsText({ snapshot, ledger }, this.#snapshots) };
  }

  /** One for each snapshot, so that the target rests from both. null if it cannot be read. */
  #ledgerAt(snapshot: Snapshot): Promise<Ledger | null> {
    const ledger = this.#ledgers.get(snapshot) ?? this.#readLedger().catch(nullIfUnread);
    this.#ledgers.set(snapshot, ledger);
    return ledger;
  }

  async #latest(): Promise<Snapshot> {
    return (await this.#asked(this.#snapshots.latest())).snapshot;
  }

  /** Turns a failure of the target into a refusal. */
  async #asked<T extends { readonly snapshot: Snapshot }>(taken: Promise<T>): Promise<T> {
    try {
      const done = await taken;
      this.#target = done.snapshot.capture.target;
      return done;
    } catch (error) {
      if (!(error instanceof TracemallocError)) throw error;
      throw new Refusal(503, error.message, { headers: retryAfter(this.#snapshots.restMs), cause: error });
    }
  }
}

async function refuseHeap(): Promise<never> {
  throw new Refusal(
    404,
    'not found: --mode churn records what is allocated, dead or alive, at /debug/pprof/allocs; serve without it for the live heap',
  );
}

function nullIfUnread(error: unknown): null {
  if (error instanceof TracemallocError) return null;
  throw error;
}
