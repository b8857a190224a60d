import { once } from 'node:events';
import { Socket } from 'node:net';
import { passOn, withoutInspectorNotices } from './inspector-output.js';

/** The file descriptor of what the program wrote before this process was started, if that is not an argument. The rest comes from stdin. */
const EARLIER = 3;

const [, , controller, come] = process.argv;

// This process ends when no process can write to the stream any more. If it ended earlier, what they write would be lost.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdout.on('error', () => {}); // nobody reads stdout any more
// When the controller is gone, the next client of the inspector causes notices again.
const errors = withoutInspectorNotices(() => {}, { isOnce: () => String(process.ppid) === controller });
passOn(errors, process.stdout);
if (come !== undefined) errors.write(Buffer.from(come, 'hex'));
else {
  const earlier = new Socket({ fd: EARLIER });
  earlier.pipe(errors, { end: false });
  await once(earlier, 'end');
}
process.stdin.pipe(errors);
