import { isIP } from 'node:net';
import { discover, type Endpoint } from '../../discovery/discovery.js';
import { findProgram } from '../../discovery/find-program.js';
import { isNodeProcess } from '../../discovery/node-binary.js';
import { isOurs } from '../../discovery/process-identity.js';
import { ConnectError } from '../../errors.js';
import { HIGHEST_PORT, type TargetName } from '../../protocol/address.js';
import { isUnreachable } from '../../protocol/connect-failure.js';

/** What a target's name means: the pid of a process, or an inspector. Tells the user if that could have been something else. */
export type ChosenTarget = { readonly pid: number } | Endpoint;

interface ChoiceOptions {
  readonly timeoutMs?: number;
  readonly onNotice?: (notice: string) => void;
}

/** @throws UsageError if `target` names nothing, ConnectError if there is no such process or inspector */
export async function chooseTarget(target: TargetName | { readonly pid: number }, options: ChoiceOptions): Promise<ChosenTarget> {
  if (typeof target === 'object' && target !== null && 'pid' in target) return target;
  const number = numberOf(target);
  if (number !== null) return byNumber(number, options);
  const name = programNameOf(target);
  return name === null ? discover(target, options) : byName(name, options);
}

function numberOf(target: unknown): number | null {
  if (typeof target === 'number') return target;
  return typeof target === 'string' && /^\d+$/.test(target.trim()) ? Number(target) : null;
}

/** null for an address. */
function programNameOf(target: unknown): string | null {
  if (typeof target !== 'string') return null;
  const name = target.trim();
  return name === '' || name.includes('://') || /:\d+$/.test(name) || isIP(name) !== 0 ? null : name;
}

async function byName(name: string, { onNotice }: ChoiceOptions): Promise<ChosenTarget> {
  const { pid, endpoint, title } = await findProgram(name);
  if (pid === null) return endpoint!;
  onNotice?.(`${name} is process ${pid}: ${title}`);
  return { pid };
}

async function byNumber(number: number, options: ChoiceOptions): Promise<ChosenTarget> {
  if (number > HIGHEST_PORT) return { pid: number };
  let endpoint: Endpoint;
  try {
    endpoint = await discover(number, options);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    if (!isOurs(number)) throw new ConnectError(`${error.message}; no process of yours has the pid ${number}`, { cause: error });
    const isAmbiguous = !isUnreachable(error.cause); // something listens on that port
    if (isAmbiguous)
      options.onNotice?.(`${number} is taken as a pid: what listens on port ${number} is not the inspector of a Node program`);
    return { pid: number };
  }
  if (isOurs(number) && (await isNodeProcess(number)))
    options.onNotice?.(`${number} is taken as a port; there is a process with this pid, too`);
  return endpoint;
}
