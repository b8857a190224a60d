/*
 * A controller that kills itself at a chosen moment: `spawned`, when a program has been started and nobody knows its pid; `connected`, at its first
 * command to the program; `signalled`, when it has sent a SIGUSR1. Further arguments: `launch` or `follow` with a Node binary and a script, or `attach`
 * with a pid.
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

const [moment, verb, subject, script] = process.argv.slice(2) as [string, string, string, string?];
const kill = process.kill.bind(process);
const die = () => void kill(process.pid, 'SIGKILL');

const { spawn } = childProcess;
childProcess.spawn = ((command: string, ...rest: [readonly string[], childProcess.SpawnOptions]) => {
  const child = spawn(command, ...rest);
  if (moment === 'spawned' && command === subject) die();
  return child;
}) as typeof spawn;
syncBuiltinESMExports();
process.kill = (pid, signal) => {
  const sent = kill(pid, signal);
  if (moment === 'signalled' && signal === 'SIGUSR1') die();
  return sent;
};

const { Session } = await import('../../src/protocol/session.js');
const { attach, launch } = await import('../../src/index.js');
const { send } = Session.prototype;
Session.prototype.send = function (this: InstanceType<typeof Session>, ...args: Parameters<typeof send>) {
  const answer = send.apply(this, args);
  if (moment === 'connected') die();
  return answer;
} as typeof send;

if (verb === 'attach') await attach({ pid: Number(subject) });
else await (await launch(script!, { execPath: subject, follow: verb === 'follow' })).start();
