import type { Identity } from './store.js';

/** 128 bits as 32 hexadecimal digits. Two profiles with the same id are the same one, of which a store keeps one. @param time ISO 8601, as in `capture` */
export function profileId({ service, release, host, pid, instance }: Identity, time: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto'); // 3 ms, which the readers of snapshots do not pay
  return createHash('sha256')
    .update(JSON.stringify([service, release, host, pid, instance, new Date(time).toISOString()]))
    .digest('hex')
    .slice(0, 32);
}
