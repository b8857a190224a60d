import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../protocol/address.js';
import type { BearerToken } from './bearer-token.js';
import { Refusal } from './refusal.js';

export interface Admission {
  /** null if no token is required. */
  readonly token: BearerToken | null;
  /** Whether only this machine can reach us. */
  readonly onLoopback: boolean;
}

/** @throws Refusal for a request that must not be answered, no matter what it asks for */
export function admit({ method, headers }: IncomingMessage, { token, onLoopback }: Admission): void {
  if (onLoopback && !isOfThisMachine(headers.host ?? ''))
    throw new Refusal(403, 'only this machine is served: the Host header must be an IP address or localhost');
  if (token && !token.matches(headers.authorization))
    throw new Refusal(401, 'send the token: Authorization: Bearer …', { headers: { 'WWW-Authenticate': 'Bearer' } });
  if (method !== 'GET' && method !== 'HEAD') throw new Refusal(405, 'GET and HEAD only', { headers: { Allow: 'GET, HEAD' } });
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0)
    throw new Refusal(413, 'requests must have no body');
}

/**
 * Refuses names, because a page on the web may bind a name to our address (DNS rebinding). An address cannot be bound. Node's inspectors
 * have the same rule.
 */
function isOfThisMachine(hostHeader: string): boolean {
  const [, host = ''] = /^(.*?)(?::\d+)?$/.exec(hostHeader) ?? [];
  const bare = /^\[(.+)\]$/.exec(host)?.[1] ?? host;
  return isIP(bare) !== 0 || isLoopback(host);
}
