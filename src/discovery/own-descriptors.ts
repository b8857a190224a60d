import { readdirSync, readFileSync } from 'node:fs';
import { parseLimits } from './room-for-inspector.js';

/** For the connection to one more process, and for asking and leaving those that we have, a few at a time. */
const NEEDED = 72;

/** Says that this process has too few file descriptors left to attach to one more process, and how to get more; null if it has enough. Linux only. */
export function shortageOfDescriptors(): string | null {
  const limit = parseLimits(readFileSync('/proc/self/limits', 'latin1')).get('Max open files')?.soft ?? Number.POSITIVE_INFINITY;
  const left = limit - readdirSync('/proc/self/fd').length;
  if (left >= NEEDED) return null;
  return (
    `tracemalloc has ${left} of its ${limit} file descriptors left, too few to attach to more processes, each of which takes three; ` +
    `give it more (ulimit -n ${2 * limit}, as root or in the service's settings) and attach again`
  );
}
