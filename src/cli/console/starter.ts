import type { Console } from './console.js';

/**
 * If another process has started the command with a channel (`child_process.fork`, or stdio `'ipc'`): tells it what is being done, as
 * `{ progress: '…' }`. When it is gone, the command ends as with SIGTERM, because nobody waits for the result.
 */
export function tellStarter(): Pick<Console, 'progress'> {
  if (process.send === undefined) return {};
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  return {
    progress: (progress) => {
      if (process.connected) process.send?.({ progress });
    },
  };
}
