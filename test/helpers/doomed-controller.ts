/*
 * A controller that traces the process behind a port in several ways. It kills itself directly after its Nth command, or at its end: some
 * commands are sent by a timer, so a quick run has fewer. With N = 0 it does not kill itself, and prints the number of commands.
 */
import { attach } from '../../src/index.js';
import { Session } from '../../src/protocol/session.js';

const [port, last] = process.argv.slice(2).map(Number);
const { send } = Session.prototype;
let sent = 0;
Session.prototype.send = function (this: Session, ...args: Parameters<typeof send>) {
  const answer = send.apply(this, args);
  sent++;
  if (sent === last) process.kill(process.pid, 'SIGKILL');
  return answer;
} as typeof send;

const tracer = await attach({ port: port! });
await tracer.start({ mode: 'exact', lines: true });
await tracer.takeSnapshot();
await tracer.clearTraces();
await tracer.stop();
await tracer.start({ mode: 'objects' });
await tracer.takeSnapshot();
await tracer.close();
if (last !== 0) process.kill(process.pid, 'SIGKILL');
process.stdout.write(`${sent}\n`);
