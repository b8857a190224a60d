// A process that is killed cannot be asked for its last snapshot any more. Test runners, for example, kill their workers. So the process that is
// about to kill another one lets the controller ask first, and waits for it.
const fs = require('node:fs') as typeof import('node:fs');
const { constants } = require('node:os') as typeof import('node:os');

/** Signals that end a process without a handler for them. */
const DEADLY = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGABRT', 'SIGKILL', 'SIGUSR2', 'SIGALRM', 'SIGTERM'] as const;
/** A process that does not answer is killed after this time. */
const PATIENCE_MS = 10_000;

type Signal = string | number | undefined;
interface Controller {
  /** The folder in which the controller finds our files. */
  readonly folder: string;
  /** Of our pids. */
  readonly namespace: string;
  readonly isWatched: () => boolean;
  /** Sleeps until `isDone`, or for `patienceMs`. */
  readonly wait: (isDone: () => boolean, patienceMs: number) => void;
}

function askBeforeKill({ folder, namespace, isWatched, wait }: Controller): void {
  const ask = (pid: number | undefined, signal: Signal) => {
    if (!isDeadly(signal) || !Number.isInteger(pid) || !isWatched()) return;
    const file = `${folder}/${pid}-${namespace}.kill`;
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
    // A process that kills itself waits for its debuggers first (18 to 26).
    if (Number(pid) !== process.pid) attempt(() => ask(Number(pid), signal));
    return killAny.call(this, pid, signal);
  };
}

function isDeadly(signal: Signal = 'SIGTERM'): boolean {
  return DEADLY.some((name) => name === signal || constants.signals[name] === signal);
}

/** If the controller is gone, or the disk is full, the program goes on as it would without us. */
function attempt(ask: () => void): void {
  try {
    ask();
  } catch {
    // See above.
  }
}

module.exports = askBeforeKill;
