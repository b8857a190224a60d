import { get, type IncomingMessage } from 'node:http';
import { type Address, hostPort } from '../protocol/address.js';
import { ExchangeError, noAnswer } from '../protocol/connect-failure.js';

/** An inspector's answers are a few hundred bytes a target; whatever sends more is no inspector. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * The text that `address` answers to a GET, within `timeoutMs` from the first byte sent to the last received. `host` must be an IP
 * literal: it goes into the Host header, and inspectors refuse names there. No connection is kept alive.
 */
export function getText(address: Address, path: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { Host: hostPort(address) };
    const request = get({ host: address.host, port: address.port, path, headers, agent: false }, (response) => {
      readText(response, (error, text) => {
        request.destroy();
        if (error === null) resolve(text);
        else reject(error);
      });
    });
    const timer = setTimeout(() => request.destroy(noAnswer(timeoutMs)), timeoutMs);
    request.once('error', reject);
    // The end of every exchange, and the only sign of one that answers 101 (a WebSocket server that upgrades whatever comes).
    request.once('close', () => {
      clearTimeout(timer);
      reject(new ExchangeError('ERR_STATUS', 'it closed the connection before it had answered'));
    });
  });
}

function readText(response: IncomingMessage, done: (error: Error | null, text: string) => void): void {
  if (response.statusCode !== 200) {
    done(new ExchangeError('ERR_STATUS', `an HTTP server that answers ${response.statusCode}`), '');
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) done(new ExchangeError('ERR_TOO_LARGE', 'an HTTP server with an endless answer'), '');
  });
  response.once('error', (error) => done(error, ''));
  response.once('end', () => done(null, Buffer.concat(chunks).toString('utf8')));
}
