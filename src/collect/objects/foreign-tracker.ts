import type { Session } from '../../protocol/session.js';

const GROUP = 'node-tracemalloc probe';
/** So many that stale ids of dead objects, which an earlier heap snapshot leaves, cannot be at all their addresses by chance. */
const PROBE = `[${Array(16).fill('{}').join()}]`;
/** While anybody tracks objects, V8 gives ids to all new objects every 50 ms. */
const WAIT_MS = 150;
/** On a machine with four busy processes a core, V8's timer came up to 500 ms late, although the event loop turned (22 to 26). */
const LOOKS = 3;
const DOING = { doing: 'looking for another tool that tracks objects' };

/**
 * Whether another client of the inspector tracks the objects of this isolate, with stacks or without. A heap snapshot would tell, too, but takes
 * seconds and much memory. This costs the target nothing: with a tracker, new objects have an id in the heap soon (18 to 26). Without one they
 * have none, whatever snapshots were taken before.
 *
 * @param untilIdle resolves after a turn of the event loop
 */
export async function somebodyTracks(session: Session, untilIdle: () => Promise<void>): Promise<boolean> {
  try {
    const asked = { expression: PROBE, objectGroup: GROUP, silent: true, disableBreaks: true };
    const answer = await session.programEnd.evaluating(() => session.send('Runtime.evaluate', asked, DOING), DOING);
    if (answer === null) return false; // the program has ended
    for (let look = 0; look < LOOKS; look++) {
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
      // V8's timer is due. Between two turns the event loop runs all timers that are.
      await untilIdle();
      await untilIdle();
      const ids = await idsOf(session, String(answer.result.objectId));
      if (ids.length > 0 && ids.every((id) => id > 0)) return true;
    }
    return false;
  } finally {
    if (session.isOpen) await session.send('Runtime.releaseObjectGroup', { objectGroup: GROUP }, DOING);
  }
}

/** By element of the array: its id in the heap, 0 for none. */
async function idsOf(session: Session, arrayId: string): Promise<number[]> {
  const { result: properties } = await session.send('Runtime.getProperties', { objectId: arrayId, ownProperties: true }, DOING);
  const elements = properties.filter(({ name }) => /^\d+$/.test(name)).flatMap(({ value }) => value?.objectId ?? []);
  const answers = elements.map((objectId) => session.send('HeapProfiler.getHeapObjectId', { objectId }, DOING));
  return (await Promise.all(answers)).map(({ heapSnapshotObjectId }) => Number(heapSnapshotObjectId));
}
