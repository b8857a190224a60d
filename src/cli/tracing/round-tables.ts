import { totalOf } from '../../model/column-totals.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { writeLines } from '../console/console.js';
import type { TableValues, TreeValues } from '../options/shared-options.js';
import { type Compared, type Printing, printDiff } from '../output/print-results.js';
import type { Earlier } from './last-snapshot.js';
import type { Round } from './rounds.js';

interface RoundOptions {
  readonly values: TableValues & TreeValues;
  readonly printing: Printing;
  /** Whether to print what changed from each round to the next, not only from the first to the last. */
  readonly printsEach: boolean;
}

/** Prints what changed between the rounds of a tracing. Keeps the first and the latest of them. */
export class RoundTables {
  readonly #options: RoundOptions;
  readonly #summaries: { readonly time: string; readonly traced: number }[] = [];
  #first: Round | null = null;
  #latest: Round | null = null;
  #compared: Compared | null = null;

  constructor(options: RoundOptions) {
    this.#options = options;
  }

  /** The latest round; null before the first. */
  get latest(): Earlier | null {
    return this.#latest && { snapshot: this.#latest.snapshot, name: `round ${this.#latest.number}`, isRound: true };
  }

  /** The traces that `finish` has compared. */
  get compared(): Compared | null {
    return this.#compared;
  }

  add(round: Round): void {
    const { values, printsEach, printing } = this.#options;
    const previous = this.#latest;
    this.#keep(round);
    // With --json, stdout holds one document: the change from the first round to the last.
    if (previous === null || !printsEach || values.json) return;
    this.#print(previous, round);
    writeLines(printing.stream, ['']);
  }

  /**
   * Prints the change from the first round to this snapshot, which becomes the last round unless it is the latest one.
   *
   * @returns false, and prints nothing, if there is no other round to compare it with
   */
  finish(snapshot: Snapshot): boolean {
    const [first, latest] = [this.#first, this.#latest];
    if (first === null || latest === null || first.snapshot === snapshot) return false;
    const last = latest.snapshot === snapshot ? latest : { number: latest.number + 1, snapshot };
    if (last !== latest && latest !== first) this.add(last);
    else if (last !== latest) this.#keep(last); // its change is that from the first round
    this.#compared = this.#print(first, last);
    return true;
  }

  #keep(round: Round): void {
    this.#first ??= round;
    this.#latest = round;
    this.#summaries.push({ time: round.snapshot.capture.time, traced: totalOf(round.snapshot.columns).size });
  }

  #print(from: Round, to: Round): Compared {
    const { values, printing } = this.#options;
    const [old, now] = [from.snapshot, to.snapshot];
    if (!values.json) writeLines(printing.stream, [`round ${to.number}, ${secondsBetween(old, now)} after round ${from.number}:`]);
    return printDiff({ old, now }, values, { ...printing, json: { rounds: this.#summaries } });
  }
}

function secondsBetween(old: Snapshot, now: Snapshot): string {
  const seconds = (Date.parse(now.capture.time) - Date.parse(old.capture.time)) / 1000;
  return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}
