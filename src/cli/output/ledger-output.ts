import type { Ledger } from '../../ledger/ledger.js';
import { jsonText } from '../../report/text/json.js';
import { ledgerTable, ledgerTitle, ledgerVerdictLines } from '../../report/text/ledger-table.js';
import { safeJson } from '../../text/printable.js';
import { type Console, writeLines } from '../console/console.js';
import { coloursOf, widthOfTerminal } from '../console/terminal.js';

export interface LedgerValues {
  readonly json: boolean;
  readonly color: boolean;
  /** In ms; undefined if there is one ledger only. */
  readonly watch?: number;
}

/** Prints ledgers of one process, with what changed since the earlier ones. */
export class LedgerOutput {
  readonly #label: string;
  readonly #values: LedgerValues;
  readonly #out: Console['out'];
  #first: Ledger | null = null;
  #previous: Ledger | null = null;

  constructor(label: string, values: LedgerValues, { out }: Console) {
    this.#label = label;
    this.#values = values;
    this.#out = out;
  }

  show(ledger: Ledger): void {
    const [first, previous] = [this.#first, this.#previous];
    this.#first ??= ledger;
    this.#previous = ledger;
    const { json, watch } = this.#values;
    if (json) {
      this.#out.write(watch === undefined ? jsonText(ledger) : `${safeJson(ledger)}\n`);
      return;
    }
    const options = {
      label: this.#label,
      width: widthOfTerminal(this.#out),
      colours: coloursOf(this.#out, this.#values),
      ...(first && previous && { since: { first, previous } }),
    };
    const above = previous === null ? [] : [''];
    writeLines(this.#out, [
      ...above,
      ...ledgerTitle(ledger, options),
      ...ledgerTable(ledger, options),
      ...ledgerVerdictLines(ledger, options),
    ]);
  }
}
