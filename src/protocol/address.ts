import { BlockList, isIP } from 'node:net';
import { UsageError } from '../errors.js';

/** The ways to name a target. */
export type TargetName = number | string | { readonly port: number; readonly host?: string | undefined } | { readonly url: string };

export interface Address {
  /** A name or an IP literal, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** The path of the WebSocket, if the target names one. */
  readonly path?: string;
}

export const HIGHEST_PORT = 65_535;
const LOCALHOST = '127.0.0.1';
/** A server may listen on an address that nobody can dial. People copy such an address from the line that Node prints. */
const DIALLED_INSTEAD = new Map([
  ['0.0.0.0', LOCALHOST],
  ['::', '::1'],
]);

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return /^(.+\.)?localhost$/i.test(host);
  return LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** `host:port` as a URL writes it. */
export function hostPort({ host, port }: { host: string; port: number }): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Pure: dials and resolves nothing. Throws UsageError if the text names no target. */
export function parseTarget(target: TargetName): Address {
  if (typeof target === 'number') return address(LOCALHOST, target);
  if (typeof target === 'string') return parseText(target.trim());
  if (target === null || typeof target !== 'object') throw noTarget(target);
  if ('url' in target) {
    if (typeof target.url !== 'string' || !target.url.includes('://')) throw noTarget(target.url);
    return parseUrl(target.url.trim());
  }
  const host = target.host ?? LOCALHOST;
  if (typeof host !== 'string') throw noTarget(host);
  return parseHost(host, target.port);
}

function parseText(text: string): Address {
  if (/^\d+$/.test(text)) return address(LOCALHOST, Number(text));
  if (text.includes('://')) return parseUrl(text);
  if (isIP(text) === 6) throw new UsageError(`'${text}' has no port, or no brackets: write [${text}]:9229, or [address]:port`);
  const [, host, port] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (host === undefined) throw noTarget(text);
  return parseHost(host, Number(port));
}

/** A host as a person may write it: IPv6 with brackets, or without them if no port follows. */
function parseHost(host: string, port: number): Address {
  const bare = /^\[(.+)\]$/.exec(host)?.[1] ?? host;
  if (isIP(bare) === 0 && !/^[\w.-]+$/.test(host)) throw noTarget(hostPort({ host, port }));
  return address(bare, port);
}

function parseUrl(text: string): Address {
  if (!URL.canParse(text)) throw noTarget(text);
  const url = new URL(text);
  if (url.protocol !== 'ws:' && url.protocol !== 'http:') {
    throw new UsageError(
      `cannot attach through ${url.protocol}//: an inspector speaks ws:// and http://; for a remote machine, forward its port by ssh`,
    );
  }
  if (url.username !== '' || url.password !== '') throw new UsageError(`an inspector has no users: remove the user name from ${url.host}`);
  const port = url.port === '' ? 80 : Number(url.port);
  const where = parseHost(url.hostname, port);
  return url.protocol === 'ws:' && url.pathname !== '/' ? { ...where, path: url.pathname } : where;
}

function address(host: string, port: number): Address {
  if (!Number.isInteger(port) || port < 1 || port > HIGHEST_PORT)
    throw new UsageError(`${String(port)} is not a port: a port is a number from 1 to ${HIGHEST_PORT}`);
  return { host: DIALLED_INSTEAD.get(host) ?? host, port };
}

function noTarget(target: unknown): UsageError {
  const shown = JSON.stringify(target)?.slice(0, 200) ?? String(target);
  return new UsageError(`${shown} is not a target: write a pid, a port, host:port, ws://host:port/id or http://host:port`);
}
