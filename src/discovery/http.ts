import { get, type IncomingMessage } from 'node:http';
import { type Address, hostPort } from '../protocol/address.js';
import { ExchangeError, noAnswer } from '../protocol/connect-failure.js';

/** An inspector answers with a few hundred bytes a target, so a server that sends more than this is no inspector. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Gets the text at `path` from `address`. `timeoutMs` covers everything from the first byte sent to the last received. `host` must be an IP
 * literal, because it goes into the Host header and inspectors refuse names there. The connection is not kept alive.
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
    // Every exchange ends with this event. It is the only sign of an answer 101, from a WebSocket server that upgrades every request.
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
