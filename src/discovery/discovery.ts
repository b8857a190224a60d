import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type * as z from 'zod/mini';
import { ConnectError } from '../errors.js';
import { type Address, hostPort, isLoopback, parseTarget, type TargetName } from '../protocol/address.js';
import { connectFailure, isUnreachable, noAnswer } from '../protocol/connect-failure.js';
import { listAnswer, versionAnswer } from '../protocol/schemas.js';
import { printable } from '../text/printable.js';
import { getText } from './http.js';

/** An inspector that answered, with exactly one Node program behind it. */
export interface Endpoint {
  /** The IP address that we connected to. */
  readonly host: string;
  readonly port: number;
  /** Uses the address that we connected to. Behind a tunnel, the inspector itself reports a different one. */
  readonly webSocketUrl: string;
  /** If false, the target may be on another machine and others may listen in between, which deserves a warning. */
  readonly loopback: boolean;
  /** The script's path, or the process's title. The target sent it, so it may hold anything. */
  readonly title: string;
  /** The script's URL. The target sent it, so it may hold anything. */
  readonly url: string;
  /** `v20.20.2`. */
  readonly nodeVersion: string;
  readonly protocolVersion: string;
  /** For messages: `127.0.0.1:9229 (app.js)`. */
  readonly label: string;
}

const DISCOVERY_TIMEOUT_MS = 5_000;

type Listed = z.output<typeof listAnswer>[number];

interface Reached {
  readonly address: Address;
  /** The path of the WebSocket, if the target names one. */
  readonly path: string | undefined;
  readonly version: z.output<typeof versionAnswer>;
}

/**
 * Finds the inspector that `target` names and the one program behind it. Fails with UsageError if `target` makes no sense, otherwise with
 * ConnectError, within `timeoutMs`. Connects to any host that the target names; without a name, only to this machine.
 */
export async function discover(target: TargetName, options: { timeoutMs?: number | undefined } = {}): Promise<Endpoint> {
  const timeoutMs = options.timeoutMs ?? DISCOVERY_TIMEOUT_MS;
  const deadline = performance.now() + timeoutMs;
  const reached = await reach(parseTarget(target), deadline, timeoutMs);
  const { address, version } = reached;
  const where = hostPort(address);
  const nodeVersion = /^node\.js\/(v\d.*)$/.exec(version.Browser)?.[1];
  if (nodeVersion === undefined) throw new ConnectError(`the inspector at ${where} is ${printable(version.Browser)}, not a Node program`);
  const list = await ask(address, { path: '/json/list', schema: listAnswer, timeoutMs: remainingMs(deadline) });
  const { path, listed } = choose(list, reached);
  return {
    host: address.host,
    port: address.port,
    webSocketUrl: `ws://${where}${path}`,
    loopback: isLoopback(address.host),
    title: listed.title,
    url: listed.url,
    nodeVersion,
    protocolVersion: version['Protocol-Version'],
    label: `${where} (${printable(shortTitle(listed.title))})`,
  };
}

/** Tries the addresses of a name in turn, and takes the first on which somebody listens. */
async function reach({ host, port, path }: Address, deadline: number, timeoutMs: number): Promise<Reached> {
  const hosts = isIP(host) === 0 ? await resolveName(host, { port, timeoutMs }) : [host];
  let failure: unknown;
  for (const literal of hosts) {
    const address = { host: literal, port };
    try {
      return {
        address,
        path,
        version: await ask(address, { path: '/json/version', schema: versionAnswer, timeoutMs: remainingMs(deadline) }),
      };
    } catch (error) {
      failure ??= error;
      if (!(error instanceof ConnectError && isUnreachable(error.cause))) throw error;
    }
  }
  throw failure;
}

/** IPv4 comes first, because a Node inspector listens there unless told otherwise. */
async function resolveName(host: string, { port, timeoutMs }: { port: number; timeoutMs: number }): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noAnswer(timeoutMs)), timeoutMs);
  });
  try {
    const found = await Promise.race([lookup(host, { all: true }), tooLate]);
    return found.sort((a, b) => a.family - b.family).map(({ address }) => address);
  } catch (error) {
    throw connectFailure(error, { host, port });
  } finally {
    clearTimeout(timer);
  }
}

interface Question<S> {
  readonly path: string;
  readonly schema: S;
  readonly timeoutMs: number;
}

async function ask<S extends z.ZodMiniType>(address: Address, { path, schema, timeoutMs }: Question<S>): Promise<z.output<S>> {
  let text: string;
  try {
    text = await getText(address, path, timeoutMs);
  } catch (error) {
    throw connectFailure(error, address);
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ConnectError(
    `no inspector at ${hostPort(address)}: an HTTP server answers there, but not as an inspector does; check the port`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // fits no schema
  }
}

function choose(list: Listed[], { address, path }: Reached): { path: string; listed: Listed } {
  const where = hostPort(address);
  const open = list.flatMap((listed) => {
    const url = URL.canParse(listed.webSocketDebuggerUrl ?? '') ? new URL(listed.webSocketDebuggerUrl ?? '') : null;
    return url === null ? [] : [{ path: url.pathname, listed }];
  });
  const chosen = path === undefined ? open : open.filter((one) => one.path === path);
  const [first, ...others] = chosen;
  if (first === undefined) {
    const instead = open.map((one) => `ws://${where}${one.path}`).join(' or ');
    if (instead !== '')
      throw new ConnectError(`the inspector at ${where} does not know ${path}, as after a restart of the program; use ${instead}`);
    throw new ConnectError(`the inspector at ${where} offers no program to attach to; it may be ending, or taken by another debugger`);
  }
  if (others.length > 0) {
    const names = chosen.map((one) => `ws://${where}${one.path} (${printable(one.listed.title)})`);
    throw new ConnectError(`${chosen.length} programs share the inspector at ${where}; name one of them: ${names.join(', ')}`);
  }
  return first;
}

function remainingMs(deadline: number): number {
  return Math.max(1, Math.round(deadline - performance.now()));
}

/** The file name alone, since Node's title is the whole path of the script. */
function shortTitle(title: string): string {
  return title.split(/[\\/]/).at(-1) || title;
}
