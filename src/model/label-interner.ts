import { OTHER_LABELS } from '../text/other-labels.js';
import { StringInterner } from './string-interner.js';

/** The id of the empty string, which is no label. */
export const NO_LABEL = 0;

/** The ids of the column have 16 bits. The last one is left for OTHER_LABELS. */
const MOST_LABELS = 0xffff;

/** Ids of labels that fit into the column. */
export class LabelInterner extends StringInterner {
  constructor() {
    super();
    super.intern('');
  }

  override intern(label: string): number {
    const isKnown = this.values.length < MOST_LABELS || this.has(label);
    return super.intern(isKnown ? label : OTHER_LABELS);
  }
}
