import type { Ledger } from './ledger.js';
import { ledgerVerdicts } from './verdicts.js';

/** When there are more, every second one is forgotten, so that a watch of days needs little memory. */
const MOST = 256;

/** The ledgers of one process, the oldest first. */
export class LedgerHistory {
  #kept: Ledger[] = [];

  /** @returns the ledger with what all so far show */
  add(ledger: Ledger): Ledger {
    if (this.#kept.length === MOST) this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#kept.push(ledger);
    return { ...ledger, verdicts: ledgerVerdicts(this.#kept) };
  }
}
