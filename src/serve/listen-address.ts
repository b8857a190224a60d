import { isIP } from 'node:net';
import { UsageError } from '../errors.js';
import { type Address, HIGHEST_PORT, isLoopback } from '../protocol/address.js';

const LOOPBACK = '127.0.0.1';

/**
 * `127.0.0.1:6060`, `[::1]:6060`, `localhost:6060`, or a port on this machine's loopback. Port 0 means any free port. @throws UsageError
 */
export function parseListenAddress(text: string): Address {
  const [, host = LOOPBACK, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  const bare = /^\[(.+)\]$/.exec(host)?.[1] ?? host;
  const isName = isIP(bare) === 4 ? host === bare : isIP(bare) === 6 ? host !== bare : /^[\w.-]+$/.test(host);
  if (port === undefined || Number(port) > HIGHEST_PORT || !isName)
    throw new UsageError(`'${text}' is not an address to listen on: write 127.0.0.1:6060, [::1]:6060 or a port`);
  return { host: bare, port: Number(port) };
}

/** Requires a token, because whoever reaches the address can see the target's code and stop it for moments. @throws UsageError */
export function checkExposure({ host }: Address, hasToken: boolean): void {
  if (hasToken || isLoopback(host)) return;
  throw new UsageError(
    `${host} is not loopback, so anybody could connect: require a token from clients (--token-file, or TRACEMALLOC_TOKEN), or listen on 127.0.0.1`,
  );
}
