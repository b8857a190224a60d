import { once } from 'node:events';
import { Socket } from 'node:net';
import { passOn, withoutInspectorNotices } from './inspector-output.js';

/** The file descriptor of what the program wrote before this process was started. The rest comes from stdin. */
const EARLIER = 3;

// This process ends when no process can write to the stream any more. If it ended earlier, what they write would be lost.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdout.on('error', () => {}); // nobody reads stdout any more
// When the controller is gone, the next client of the inspector causes notices again.
const errors = withoutInspectorNotices(() => {}, { isOnce: () => String(process.ppid) === process.argv[2] });
passOn(errors, process.stdout);
const earlier = new Socket({ fd: EARLIER });
earlier.pipe(errors, { end: false });
await once(earlier, 'end');
process.stdin.pipe(errors);
