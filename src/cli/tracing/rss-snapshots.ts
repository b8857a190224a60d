import { UsageError } from '../../errors.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { formatSize } from '../../text/size-format.js';
import { checkRssLimit, type RssReading, type RssWatch } from '../../tracing/watch/rss-watch.js';
import { type Console, errorLine, writeLines } from '../console/console.js';
import { LedgerOutput } from '../output/ledger-output.js';
import type { EarlierSource, EarlierTarget } from './earlier.js';
import type { Earlier } from './last-snapshot.js';

/** Matches the part of the file's name after the output's. A followed process has its pid first. */
export const RSS_NAMES = /^(\.\d+)?\.rss$/;

export interface RssOptions {
  /** As the user wrote it. */
  readonly limit: string;
  /** Names the process. */
  readonly label: string;
  /** Saves a snapshot and tells the user. */
  readonly save: (snapshot: Snapshot, path: string) => void;
  readonly color: boolean;
  readonly console: Console;
}

/** @throws UsageError if the option does not fit to the others */
export function checkOnRss({ onRss, mode }: { readonly onRss?: string; readonly mode: string }): void {
  if (onRss === undefined) return;
  checkRssLimit(onRss);
  if (mode === 'objects')
    throw new UsageError('--on-rss does not go with --mode objects, whose heap snapshot needs memory that the program does not have then');
}

/**
 * When the resident memory of a target passes a limit, and at each further tenth of it: prints what the memory consists of, and saves a snapshot as
 * FILE.rss, which stays.
 */
export class RssSnapshots implements EarlierSource {
  readonly #target: EarlierTarget;
  readonly #path: string;
  readonly #options: RssOptions;
  readonly #output: LedgerOutput;
  #watch: RssWatch | null = null;
  #last: Earlier | null = null;
  #isStopped = false;
  #isBusy = false;

  /** @param file the name that the snapshot's name begins with */
  constructor(target: EarlierTarget, file: string, options: RssOptions) {
    this.#target = target;
    this.#path = `${file}.rss`;
    this.#options = options;
    const { label, color, console } = options;
    this.#output = new LedgerOutput(label, { json: false, color }, { ...console, out: console.err });
    void this.#begin();
  }

  get last(): Earlier | null {
    return this.#last;
  }

  stop(): void {
    this.#isStopped = true;
    this.#watch?.stop();
  }

  /** The file stays: it tells of another moment than the last snapshot. */
  remove(): void {
    this.stop();
  }

  async #begin(): Promise<void> {
    try {
      this.#watch = await this.#target.onRss(this.#options.limit, (reading) => void this.#take(reading));
      if (this.#isStopped) this.#watch.stop();
      else this.#say(`watching the resident memory of ${this.#options.label}: a snapshot at ${this.#watch.text}`);
    } catch (error) {
      if (!this.#isStopped) this.#say(`--on-rss: ${errorLine(error)}`);
    }
  }

  async #take({ rss, passed }: RssReading): Promise<void> {
    if (this.#isBusy) return; // the snapshot that is on its way is of this step, too
    this.#isBusy = true;
    this.#say(`${formatSize(rss)} are resident, more than ${formatSize(passed)}`);
    try {
      const snapshot = await this.#target.takeSnapshot();
      this.#last = { snapshot, name: `the snapshot at ${formatSize(rss)} of resident memory`, isRound: false };
      this.#options.save(snapshot, this.#path);
      this.#output.show(await this.#target.getMemory());
    } catch (error) {
      // If the target is gone, the command says so.
      if (!this.#isStopped && this.#target.isTracing()) this.#say(`no snapshot at this size: ${errorLine(error)}`);
    }
    this.#isBusy = false;
  }

  #say(line: string): void {
    writeLines(this.#options.console.err, [line]);
  }
}
