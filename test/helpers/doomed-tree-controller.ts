/*
 * A controller that attaches to a process and all below it. It kills itself so many ms after it has asked the first one to move its inspector; with a
 * negative number, before the question is sent.
 */
import { Session } from '../../src/protocol/session.js';
import { ProcessesBelow } from '../../src/tracing/attach/processes-below.js';

const [root, ms] = process.argv.slice(2).map(Number);
const { send } = Session.prototype;
Session.prototype.send = function (this: Session, ...args: Parameters<typeof send>) {
  const answer = send.apply(this, args);
  const isQuestion = JSON.stringify(args).includes('debugPort');
  if (isQuestion && ms! < 0) process.kill(process.pid, 'SIGKILL');
  if (isQuestion) void answer.then(() => setTimeout(() => process.kill(process.pid, 'SIGKILL'), ms));
  return answer;
} as typeof send;

for await (const { problem } of new ProcessesBelow(root!, {}).attach(new AbortController().signal)) if (problem !== null) throw problem;
