import { ConnectError } from '../errors.js';
import { type Address, hostPort, isLoopback } from './address.js';
import { errorCode, messageOf } from './error-text.js';

/** Why an HTTP exchange failed although no system call did. */
export class ExchangeError extends Error {
  readonly code: 'ERR_NO_ANSWER' | 'ERR_TOO_LARGE' | 'ERR_STATUS';

  constructor(code: ExchangeError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export function noAnswer(timeoutMs: number): ExchangeError {
  return new ExchangeError('ERR_NO_ANSWER', `no answer within ${Math.round(timeoutMs / 100) / 10} s`);
}

/** An error that says what is wrong at `address` and what to do. */
export function connectFailure(cause: unknown, address: Address): ConnectError {
  return new ConnectError(`no inspector at ${hostPort(address)}: ${explain(cause, address)}`, { cause });
}

/** Whether nobody answered at all, so that another address of the same name may still work. */
export function isUnreachable(error: unknown): boolean {
  return ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(errorCode(error));
}

function explain(cause: unknown, address: Address): string {
  const code = errorCode(cause);
  const message = messageOf(cause);
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens there; ${isLoopback(address.host) ? howToOpen(address) : HOW_TO_FORWARD}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name is unknown; check it';
    case 'ERR_NO_ANSWER':
      return `${message}; the program may be stopped, or something else listens there`;
    case 'ERR_TOO_LARGE':
    case 'ERR_STATUS':
      return `something else listens there (${message}); check the port`;
    case 'ECONNRESET':
      return 'the server there dropped the connection; check the port, and whether the program has file descriptors left';
    default:
      if (code.startsWith('HPE_')) return 'the server there does not speak HTTP; check the port';
      return isUnreachable(cause) ? `it cannot be reached (${code}); check the address` : `${message}; check the address`;
  }
}

/** Unless told otherwise, Node listens on the loopback address of its own machine. */
const HOW_TO_FORWARD = "an inspector listens on its machine's 127.0.0.1: forward that port (ssh -L) and attach to the forwarded one";

function howToOpen(address: Address): string {
  return `start the program with --inspect=${hostPort(address)}, or attach to a running one by its pid`;
}
