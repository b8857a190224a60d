import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { removeLeftFolder } from './announcement-folder.js';
import type { Debt, Message } from './cleanup-tasks.js';

/** Whatever happens, we do not stay. */
const LONGEST_MS = 60_000;
/** Where the controller's connection is handed to us. */
const CONNECTION = 3;

const debts = new Map<string, Debt>();
let end: 'settled' | 'lost' | null = null;
for await (const line of createInterface({ input: process.stdin })) {
  const message = parse(line);
  if (message === null) break;
  if (message === 'settled' || message === 'lost') end = message;
  else if (message.debt === null) debts.delete(message.name);
  else debts.set(message.name, message.debt);
}
// A controller that lives on still looks into its folder.
if (end === null) for (const debt of debts.values()) if (debt.kind === 'folder') removeLeftFolder(debt.path);
// The controller is gone, or has lost the connection: mostly because the target was killed.
if (end !== 'settled' && (await isThere(process.argv[2]!))) {
  setTimeout(() => process.exit(), LONGEST_MS).unref();
  const connection = process.platform === 'win32' ? null : new Socket({ fd: CONNECTION });
  connection?.on('error', () => {}).resume(); // the answers, for nobody
  const { putBack } = await import('./clean-up-target.js'); // only now: most of us never need it
  // The target may end meanwhile: nothing can be put back then, and there is nobody to tell.
  await putBack(process.argv[2]!, { owed: [...debts.values()], connection }).catch(() => {});
}
process.exit();

/** Somebody listens at the address of the target's inspector. */
async function isThere(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(LONGEST_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** null for the last words of a controller that was killed in the middle of them: a script's source takes several writes. */
function parse(line: string): Message | null {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return null;
  }
}
