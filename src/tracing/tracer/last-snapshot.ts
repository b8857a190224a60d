import { ConnectionLostError } from '../../errors.js';
import { INSPECTOR_CLOSED } from '../../protocol/transport.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { Closing } from './closing.js';

type Known = Pick<Closing, 'snapshot' | 'atHeapLimit' | 'error'>;

/** What a target held when it came to its end or to its heap limit, or was about to be signalled: for when it cannot be asked any more. */
export class LastSnapshot {
  #known: Known = { snapshot: null, atHeapLimit: false, error: null };

  /** Never rejects: what must follow is the target's end. @param take gives null where nothing is traced any more */
  async keep(take: () => Promise<Snapshot | null>, { atHeapLimit }: Pick<Known, 'atHeapLimit'>): Promise<void> {
    try {
      const snapshot = await take();
      if (snapshot) this.#known = { snapshot, atHeapLimit, error: null };
    } catch (error) {
      this.fail(error);
    }
  }

  /** What was kept before stays. */
  fail(error: unknown): void {
    this.#known = { ...this.#known, error };
  }

  /** How the conversation ended, with what was kept. @param isTracing still, when it did */
  closing(reason: string, { isTracing, peak }: { readonly isTracing: boolean } & Pick<Closing, 'peak'>): Closing {
    const isShutOut = reason === INSPECTOR_CLOSED && isTracing;
    if (isShutOut) this.fail(new ConnectionLostError('the program closed its inspector before it could be asked'));
    return { reason, ...this.#known, peak };
  }
}
