import { once } from 'node:events';
import { Socket } from 'node:net';
import { passOn, withoutInspectorNotices } from './inspector-output.js';

/** What the program has written before we were there; the rest comes from stdin. */
const EARLIER = 3;

// We end with the last process that writes: whoever is ended before us would lose its stderr.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdout.on('error', () => {}); // nobody reads it any more
// Whoever speaks to the program when its controller is gone causes notices of its own.
const errors = withoutInspectorNotices(() => {}, { isOnce: () => String(process.ppid) === process.argv[2] });
passOn(errors, process.stdout);
const earlier = new Socket({ fd: EARLIER });
earlier.pipe(errors, { end: false });
await once(earlier, 'end');
process.stdin.pipe(errors);
