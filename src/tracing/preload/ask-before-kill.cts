// A process that another one of its program kills, as test runners do with their workers, cannot be asked for its last snapshot any more. So the one
// that kills has the controller ask first, and waits for that.
const fs = require('node:fs') as typeof import('node:fs');
const { constants } = require('node:os') as typeof import('node:os');

/** Those that end a process that does not expect them. */
const DEADLY = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGABRT', 'SIGKILL', 'SIGUSR2', 'SIGALRM', 'SIGTERM'] as const;
/** A process that does not answer must be killed all the same. */
const PATIENCE_MS = 10_000;

type Signal = string | number | undefined;
interface Controller {
  /** Where it sees what it is asked. */
  readonly folder: string;
  readonly isWatched: () => boolean;
  /** Sleeps until `isDone`, until the controller is gone, or for so long. */
  readonly wait: (isDone: () => boolean, patienceMs: number) => void;
}

function askBeforeKill({ folder, isWatched, wait }: Controller): void {
  const ask = (pid: number | undefined, signal: Signal) => {
    if (!isDeadly(signal) || !Number.isInteger(pid) || !isWatched()) return;
    const file = `${folder}/${pid}.kill`;
    fs.writeFileSync(file, '');
    wait(() => !fs.existsSync(file), PATIENCE_MS);
  };
  const { prototype } = (require('node:child_process') as typeof import('node:child_process')).ChildProcess;
  const { kill } = prototype;
  prototype.kill = function (signal) {
    if (this.exitCode === null && this.signalCode === null) attempt(() => ask(this.pid, signal));
    return kill.call(this, signal);
  };
  const killAny = process.kill;
  process.kill = function (pid, signal) {
    // One that kills itself Node has wait for its debuggers first (18 to 26).
    if (Number(pid) !== process.pid) attempt(() => ask(Number(pid), signal));
    return killAny.call(this, pid, signal);
  };
}

function isDeadly(signal: Signal = 'SIGTERM'): boolean {
  return DEADLY.some((name) => name === signal || constants.signals[name] === signal);
}

/** The controller has gone, or the disk is full: the program goes on as it would without us. */
function attempt(ask: () => void): void {
  try {
    ask();
  } catch {
    // As said.
  }
}

module.exports = askBeforeKill;
