import { ConnectError, UnsupportedError } from '../errors.js';
import { isNode } from './command-line.js';
import { isNodeProcess } from './node-binary.js';
import { asItsUser } from './other-users.js';
import { isStopped, type ProcFacts, readProc } from './proc.js';
import { isStillThere, type KnownProcess } from './process-identity.js';
import { shortageForInspector } from './room-for-inspector.js';
import { programsBelow } from './running-programs.js';

/** A process that has just started has no handler for this long. */
const STARTUP_MS = 1_000;
const POLL_MS = 50;

/**
 * Sends the SIGUSR1 that opens the inspector of a Node process. Sends nothing if the process is not Node, would die of the signal or of
 * its inspector, or would open its inspector where we could not reach it.
 *
 * @throws ConnectError or UnsupportedError that says why
 */
export async function askForInspector(target: KnownProcess): Promise<void> {
  const { pid } = target;
  if (process.platform === 'win32') {
    throw new UnsupportedError(
      `Windows has no SIGUSR1 to open the inspector of process ${pid}; open it with node -e "process._debugProcess(${pid})" and attach to its port, 9229`,
    );
  }
  if (target.facts === null) refuseUnlessNamedNode(target);
  else await refuseUnlessNode(target, target.facts);
  const deadline = performance.now() + STARTUP_MS;
  // The last check and the signal happen in one turn, so no other process can get the pid in between.
  while (!isReady(target)) {
    if (performance.now() > deadline) throw refusal(target);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  refuseIfShort(target);
  process.kill(pid, 'SIGUSR1');
}

/** Without /proc we cannot see what the signal would do. Node handles it unless the program removed the handler. */
function isReady(target: KnownProcess): boolean {
  if (!isStillThere(target)) throw new ConnectError(`${target.label} has ended; another process may have its pid now`);
  refuseIfStopped(target);
  return target.facts === null || readProc(target.pid)?.sigusr1 === 'handled';
}

/** @throws ConnectError if the process is stopped and cannot act on a signal */
export function refuseIfStopped({ pid, label, facts }: KnownProcess): void {
  if (facts === null || !isStopped(pid)) return;
  throw new ConnectError(`${label} is stopped and cannot open its inspector; let it go on (kill -CONT ${pid}) and attach again`);
}

/** @throws ConnectError if the process has too little left for an inspector, in which case Node would end it */
function refuseIfShort({ pid, label, facts }: KnownProcess): void {
  const shortage = facts && shortageForInspector(pid);
  if (shortage !== null) throw new ConnectError(`${label} cannot open its inspector: ${shortage}`);
}

function refuseUnlessNamedNode({ label }: KnownProcess): void {
  if (!/\(node(js)?\b/.test(label)) throw new ConnectError(`${label} is not a Node program, as far as can be told; check the pid`);
}

async function refuseUnlessNode({ pid, label }: KnownProcess, facts: ProcFacts): Promise<void> {
  const { executable, argv, state, sharesNetwork } = facts;
  if (state === 'Z' || (argv.length === 0 && executable === null)) {
    throw new ConnectError(`${label} has ended, or is part of the kernel; check the pid`);
  }
  if (executable === null) {
    const below = isNode(argv[0] ?? '') ? null : await programsBelow(pid);
    throw new ConnectError(
      `${label} cannot be inspected: it has privileges that we do not have; attach ${asItsUser(facts)}${below === null ? '' : `; ${below}`}`,
    );
  }
  if (!(await isNodeProcess(pid)))
    throw new ConnectError(`${label} is not a Node program; ${(await programsBelow(pid)) ?? 'check the pid'}`);
  if (!sharesNetwork) {
    throw new ConnectError(
      `${label} is in a network of its own (a container), where its inspector could not be reached from here; enter that network: nsenter -t ${pid} -n tracemalloc attach ${pid}`,
    );
  }
}

const USE_INSPECT = 'start it with --inspect=127.0.0.1:0 instead';

function refusal({ pid, label }: KnownProcess): ConnectError {
  switch (readProc(pid)?.sigusr1) {
    case 'blocked': // on 22 to 26 both options block the signal in all threads and install no handler (measured)
      return new ConnectError(`${label} does not open its inspector: it runs with --disable-sigusr1 or --permission; ${USE_INSPECT}`);
    case 'ignored':
      return new ConnectError(`${label} ignores SIGUSR1, which opens the inspector of a Node program; ${USE_INSPECT}`);
    default:
      return new ConnectError(
        `${label} has removed Node's handler for SIGUSR1, which opens the inspector, so the signal would end it; ${USE_INSPECT}`,
      );
  }
}
