import type { Ledger } from '../../ledger/ledger.js';
import { answerPage } from '../../report/markdown/answer-page.js';
import { ledgerAnswer, MEMORY_COLUMNS } from '../../report/markdown/ledger-answer.js';
import { jsonText } from '../../report/text/json.js';
import { ledgerTable, ledgerTitle, ledgerVerdictLines } from '../../report/text/ledger-table.js';
import { safeJson } from '../../text/printable.js';
import { type Console, writeLines } from '../console/console.js';
import { coloursOf, widthOfTerminal } from '../console/terminal.js';
import type { MarkdownValues } from '../options/markdown-option.js';
import { DEFAULT_ROWS } from '../options/shared-options.js';

export interface LedgerValues extends MarkdownValues {
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
    const { json, markdown, watch } = this.#values;
    if (json) {
      this.#out.write(watch === undefined ? jsonText(ledger) : `${safeJson(ledger)}\n`);
      return;
    }
    if (markdown) {
      this.#out.write(answerPage(ledgerAnswer(ledger, { top: DEFAULT_ROWS, label: this.#label }), MEMORY_COLUMNS));
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
