import { expect, it } from '@jest/globals';
import { checkExposure, parseListenAddress } from '../../../src/serve/listen-address.js';

it.each([
  ['6060', '127.0.0.1', 6060],
  ['127.0.0.1:0', '127.0.0.1', 0],
  ['localhost:6060', 'localhost', 6060],
  ['0.0.0.0:6060', '0.0.0.0', 6060],
  ['[::1]:65535', '::1', 65535],
])('%s', (text, host, port) => {
  expect(parseListenAddress(text)).toEqual({ host, port });
});

it.each(['', ':6060', '127.0.0.1', '127.0.0.1:65536', '::1:6060', '[127.0.0.1]:1', 'a b:1', 'http://127.0.0.1:1', '127.0.0.1:x'])(
  '%p is none',
  (text) => {
    expect(() => parseListenAddress(text)).toThrow(`'${text}' is not an address to listen on: write 127.0.0.1:6060, [::1]:6060 or a port`);
  },
);

it('an address that is not loopback needs a token', () => {
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'host.example'])
    expect(() => checkExposure({ host, port: 1 }, false)).toThrow(/^.* is not loopback.*--token-file.*TRACEMALLOC_TOKEN.*127\.0\.0\.1$/);
  checkExposure({ host: '0.0.0.0', port: 1 }, true);
  for (const host of ['127.0.0.1', '127.3.2.1', '::1', 'localhost']) checkExposure({ host, port: 1 }, false);
});
