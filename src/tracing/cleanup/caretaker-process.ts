import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { connect, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { CleanupTask, LastWord, Message, OpeningInspector } from './cleanup-tasks.js';
import { removeLeftFolder } from './left-folder.js';

/** Whatever happens, this process ends after this time. A target that is stopped (SIGSTOP) must go on before. */
const LONGEST_MS = 600_000;
const CLOSING_ATTEMPTS = 5;
const BETWEEN_ATTEMPTS_MS = 1_000;
/** The file descriptor of the controller's connection. */
const CONNECTION = 3;
/** The file descriptor of the journal, if a shell has waited for the controller's last word and passes that on. */
const JOURNAL = 4;

/** `address` is empty if the controller has started this process before it had a connection. */
const [, , address, word] = process.argv as [string, string, string, (LastWord | '')?];
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
// The controller is gone, or has lost the connection: mostly because the target was killed.
if (end !== 'left') {
  setTimeout(() => process.exit(), LONGEST_MS).unref();
  // The target may end meanwhile. Nothing can be restored then, and nobody can be told.
  if (end === null) await leaveStarts();
  await Promise.allSettled([...tasks.values()].map(undoAlone));
  if (address !== '') await cleanUp(address);
}
process.exit();

/** A controller that lives on ends its program itself, and still uses its folder. A followed program would run when its folder is gone. */
async function leaveStarts(): Promise<void> {
  for (const task of tasks.values()) {
    if (task.kind === 'starting') await (await import('./starting-program.js')).endStartingProgram(task).catch(() => {});
  }
  for (const task of tasks.values()) if (task.kind === 'folder') removeLeftFolder(task.path);
}

/** What is done before there is a conversation with the target. */
async function undoAlone(task: CleanupTask): Promise<void> {
  if (task.kind === 'paused' && address === '') await cleanUp(task.url);
  if (task.kind === 'opening') await closeLateInspector(task);
}

/** Another caretaker of the same controller may be connected at first. A debugger that stays keeps the inspector. */
async function closeLateInspector(task: OpeningInspector): Promise<void> {
  const { lateInspector, openInspector } = await import('./late-inspector.js');
  let opened = await lateInspector(task);
  for (let attempt = 0; opened !== null && attempt < CLOSING_ATTEMPTS; attempt++) {
    const { host, port } = opened;
    if (!(await cleanUp(opened.webSocketUrl, [{ kind: 'inspector', pid: task.pid, host, port }]))) return;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ATTEMPTS_MS));
    opened = await openInspector(task);
  }
}

/** @returns whether an inspector that we opened is still open */
async function cleanUp(url: string, more: readonly CleanupTask[] = []): Promise<boolean> {
  if (!(await isListening(url))) return false;
  const connection = address === '' || process.platform === 'win32' ? null : new Socket({ fd: CONNECTION });
  connection?.on('error', () => {}).resume(); // drops the answers that are still on their way to the controller
  const { cleanUpTarget } = await import('./clean-up-target.js'); // imported late, because most caretakers never need it
  return cleanUpTarget(url, { tasks: [...tasks.values(), ...more], connection, connectTimeoutMs: LONGEST_MS }).catch(() => true);
}

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
