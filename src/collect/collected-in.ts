import { isCollected } from './stacks/collected-scripts.js';
import type { Reading } from './stacks/trace-source.js';
import { forEachNode } from './stacks/v8-profile.js';

/** The ids of the collected scripts in a reading. */
export function collectedIn(reading: Reading): ReadonlySet<string> {
  const ids = new Set<string>();
  if (reading.kind === 'objects') {
    for (const { line, scriptId } of reading.objects.functions) if (line === 0 && scriptId > 0) ids.add(`${scriptId}`);
    return ids;
  }
  const { head } = reading.kind === 'samples' ? reading.profile : reading.allocations;
  forEachNode(head, ({ callFrame }) => {
    if (callFrame && isCollected(callFrame)) ids.add(callFrame.scriptId);
  });
  return ids;
}
