import { evaluateOwn } from '../../protocol/evaluate.js';
import type { Session } from '../../protocol/session.js';

/**
 * The target knows both its machine, which may be another one, and its container. `availableMemory` is there from Node 20.13 on,
 * `constrainedMemory` from 18.15; it gives a huge number if there is no limit.
 */
const FREE = `(() => {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    const ofMachine = process.getBuiltinModule?.('os').freemem() ?? process.binding('os').getFreeMem();
    const limit = process.constrainedMemory?.() ?? 0;
    const ofContainer = process.availableMemory?.() ?? (limit > 0 ? limit - process.memoryUsage().rss : ofMachine);
    return Math.max(0, Math.min(ofMachine, ofContainer));
  } finally {
    process.noDeprecation = noDeprecation;
  }
})()`;

/** The bytes that the target can still allocate before its container or its machine has no more; null if it does not tell. */
export async function readFreeMemory(session: Session): Promise<number | null> {
  const { value } = await evaluateOwn(session, FREE, { doing: 'asking for the free memory' });
  return typeof value === 'number' ? value : null;
}
