import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { connect, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { removeLeftFolder } from './announcement-folder.js';
import type { CleanupTask, LastWord, Message } from './cleanup-tasks.js';

/** Whatever happens, this process ends after this time. */
const LONGEST_MS = 60_000;
/** The file descriptor of the controller's connection. */
const CONNECTION = 3;
/** The file descriptor of the journal, if a shell has waited for the controller's last word and passes that on. */
const JOURNAL = 4;

const [, , url, word] = process.argv as [string, string, string, (LastWord | '')?];
const messages = word === undefined ? process.stdin : createReadStream('', { fd: JOURNAL, start: 0 });

const tasks = new Map<string, CleanupTask>();
let end: LastWord | null = word || null;
for await (const line of createInterface({ input: messages })) {
  if (line === 'left' || line === 'lost') {
    end = line;
    break;
  }
  const message = parse(line);
  if (message === null) break;
  if (message.task === null) tasks.delete(message.name);
  else tasks.set(message.name, message.task);
}
// A controller that lives on still uses its folder.
if (end === null) for (const task of tasks.values()) if (task.kind === 'folder') removeLeftFolder(task.path);
// The controller is gone, or has lost the connection: mostly because the target was killed.
if (end !== 'left' && (await isListening(url))) {
  setTimeout(() => process.exit(), LONGEST_MS).unref();
  const connection = process.platform === 'win32' ? null : new Socket({ fd: CONNECTION });
  connection?.on('error', () => {}).resume(); // drops the answers that are still on their way to the controller
  const { cleanUpTarget } = await import('./clean-up-target.js'); // imported late, because most caretakers never need it
  // The target may end meanwhile. Nothing can be restored then, and nobody can be told.
  await cleanUpTarget(url, { tasks: [...tasks.values()], connection }).catch(() => {});
}
process.exit();

/** Whether anybody listens at the address of the target's inspector. */
async function isListening(url: string): Promise<boolean> {
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

/** null for half a message: a script's source takes several writes, and the controller may be killed between two of them. */
function parse(line: string): Message | null {
  try {
    return JSON.parse(line) as Message;
  } catch {
    return null;
  }
}
