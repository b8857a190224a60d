import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import { identityOf, type Resource, resourceOf } from '../../store/identity.js';
import { openStore } from '../../store/open/open-store.js';
import { Pusher } from '../../store/push/pusher.js';
import { Spool } from '../../store/push/spool.js';
import { printable } from '../../text/printable.js';
import { type Console, errorLine, writeLines } from '../console/console.js';
import { resourceOfValues } from '../options/identity-options.js';
import { type PushValues, storeToPushTo } from '../options/push-options.js';
import type { TracingValues } from '../options/shared-options.js';
import { shown } from '../options/source-maps.js';
import type { EarlierSource, EarlierTarget } from './earlier.js';
import { RepeatedSnapshots } from './repeated-snapshots.js';

interface Surroundings {
  readonly mapper: SourceMapper | null;
  readonly console: Console;
  /** Whether the target runs on this machine. */
  readonly isHere: boolean;
}

const DEFAULT_PERIOD_MS = 60_000;
/** A snapshot takes some 100 KiB. */
const MOST_SPOOLED = 256 * 2 ** 20;
/** The store may be away when we leave. What is left goes with the next push. */
const LONGEST_END_MS = 5000;

/** Sends the snapshots of a command to a store. A fault of the store or of the spool is told, and disturbs nothing else. */
export class Pushing {
  readonly #resource: Resource;
  readonly #pusher: Pusher;
  readonly #everyMs: number;
  readonly #spoolFolder: string;
  readonly #surroundings: Surroundings;
  #count = 0;

  /** @throws UsageError if nothing names the service */
  constructor(url: string, values: PushValues, surroundings: Surroundings) {
    const { console, isHere } = surroundings;
    this.#surroundings = surroundings;
    this.#everyMs = values.every ?? DEFAULT_PERIOD_MS;
    this.#resource = { ...resourceOf({ env: process.env, folder: console.cwd, isHere }), ...resourceOfValues(values) };
    identityOf(this.#resource, { target: { pid: null, title: '', nodeVersion: null } });
    const onNotice = (notice: string) => writeLines(console.err, [printable(notice)]);
    const { createHash } = process.getBuiltinModule('node:crypto'); // 3 ms, which only who pushes should spend
    this.#spoolFolder = join(spoolFolder(process.env), createHash('sha256').update(url).digest('hex').slice(0, 16));
    const spool = new Spool(this.#spoolFolder, { mostBytes: MOST_SPOOLED, onNotice });
    this.#pusher = new Pusher({ open: (signal) => openStore(url, { onNotice, signal }), spool, onNotice });
  }

  /** Whether anything has been given to send. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(snapshot: Snapshot): void {
    const { mapper, console } = this.#surroundings;
    try {
      this.#pusher.add({ identity: identityOf(this.#resource, snapshot.capture), snapshot: shown(snapshot, mapper) });
      this.#count++;
    } catch (error) {
      writeLines(console.err, [`a profile was not pushed: ${errorLine(error)}; TRACEMALLOC_SPOOL names another folder for the spool`]);
    }
  }

  /** What a program holds at its end is garbage, and says nothing about the fleet: it is sent only if there is nothing else. */
  addLast(snapshot: Snapshot, target: Pick<EarlierTarget, 'isTracing'>): void {
    if (target.isTracing() || this.isEmpty) this.add(snapshot);
  }

  /** Sends a snapshot of a target every so often. */
  sourceFor(target: EarlierTarget): EarlierSource {
    const snapshots = new RepeatedSnapshots(target, {
      everyMs: this.#everyMs,
      onSnapshot: (snapshot) => this.add(snapshot),
      what: 'a snapshot to push',
      console: this.#surroundings.console,
    });
    return { last: null, stop: () => snapshots.stop(), remove: () => snapshots.stop() };
  }

  /** Sends what is left, as far as the store takes it. */
  async end(): Promise<void> {
    const left = await this.#pusher.close(LONGEST_END_MS);
    if (left === 0) return;
    const waiting = left === 1 ? '1 profile waits' : `${left} profiles wait`;
    writeLines(this.#surroundings.console.err, [
      printable(`${waiting} in ${this.#spoolFolder} and will be sent with the next --push to this store`),
    ]);
  }
}

/** null if nothing is to be pushed. @throws UsageError */
export function pushingOf(values: PushValues & Pick<TracingValues, 'mode'>, surroundings: Surroundings): Pushing | null {
  const url = storeToPushTo(values, process.env);
  return url === null ? null : new Pushing(url, values, surroundings);
}

/** A folder of the user that outlives a restart, because what waits there is nowhere else. */
function spoolFolder(env: NodeJS.ProcessEnv): string {
  return env.TRACEMALLOC_SPOOL || join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'node-tracemalloc', 'spool');
}
