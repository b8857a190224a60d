import { STARTER_LISTENS } from '../../text/starter-channel.js';
import type { Console } from './console.js';

/**
 * If the process that started the command listens: tells it what is being done, as `{ progress: '…' }`. When it is gone, the command ends as with
 * SIGTERM, because nobody waits for the result.
 */
export function tellStarter(): Pick<Console, 'progress'> {
  const listens = process.env[STARTER_LISTENS] === '1';
  delete process.env[STARTER_LISTENS]; // programs that the command starts have another channel, or none
  if (!listens || process.send === undefined) return {};
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  return {
    progress: (progress) => {
      if (process.connected) process.send?.({ progress });
    },
  };
}
