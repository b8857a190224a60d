import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../src/errors.js';
import { hostPort, isLoopback, parseTarget, type TargetName } from '../../../src/protocol/address.js';

describe('parseTarget', () => {
  test.each<[TargetName, { host: string; port: number; path?: string }]>([
    [9229, { host: '127.0.0.1', port: 9229 }],
    ['9230', { host: '127.0.0.1', port: 9230 }],
    [' 9230 ', { host: '127.0.0.1', port: 9230 }],
    ['localhost:9229', { host: 'localhost', port: 9229 }],
    ['10.0.0.7:80', { host: '10.0.0.7', port: 80 }],
    ['my-host.example_1.com:9229', { host: 'my-host.example_1.com', port: 9229 }],
    ['[::1]:9229', { host: '::1', port: 9229 }],
    ['[fe80::1]:9229', { host: 'fe80::1', port: 9229 }],
    ['0.0.0.0:9229', { host: '127.0.0.1', port: 9229 }],
    ['[::]:9229', { host: '::1', port: 9229 }],
    ['ws://127.0.0.1:9229/d6d65d6c-fd8a', { host: '127.0.0.1', port: 9229, path: '/d6d65d6c-fd8a' }],
    ['ws://0.0.0.0:9229/d6d65d6c', { host: '127.0.0.1', port: 9229, path: '/d6d65d6c' }],
    ['ws://[::1]:9229/id', { host: '::1', port: 9229, path: '/id' }],
    ['ws://localhost:9229', { host: 'localhost', port: 9229 }],
    ['http://localhost:9229', { host: 'localhost', port: 9229 }],
    ['http://localhost:9229/json/list', { host: 'localhost', port: 9229 }],
    ['http://gateway', { host: 'gateway', port: 80 }],
    [{ port: 9229 }, { host: '127.0.0.1', port: 9229 }],
    [
      { port: 9229, host: '::1' },
      { host: '::1', port: 9229 },
    ],
    [
      { port: 9229, host: '[::1]' },
      { host: '::1', port: 9229 },
    ],
    [{ url: 'ws://a:1/x' }, { host: 'a', port: 1, path: '/x' }],
  ])('%j', (target, expected) => {
    expect(parseTarget(target)).toEqual(expected);
  });

  test.each<[TargetName, string]>([
    ['', '"" is not a target: write a pid, a port, host:port'],
    ['app.js', '"app.js" is not a target'],
    ['localhost', '"localhost" is not a target'],
    ['::1', "'::1' has no port, or no brackets: write [::1]:9229"],
    ['::1:9229', "'::1:9229' has no port, or no brackets"],
    ['a b:9229', 'is not a target'],
    ['a/b:9229', 'is not a target'],
    ['localhost:0', '0 is not a port: a port is a number from 1 to 65535'],
    ['localhost:65536', '65536 is not a port'],
    [0, '0 is not a port'],
    [-1, '-1 is not a port'],
    [92.5, '92.5 is not a port'],
    [Number.NaN, 'NaN is not a port'],
    ['wss://h:1/x', 'cannot attach through wss://'],
    ['https://h:1', 'cannot attach through https://'],
    ['ws://:9229', 'is not a target'],
    ['http://user:secret@h:1', 'remove the user name from h:1'],
    [{ url: 'localhost:9229' }, 'is not a target'],
    [{} as TargetName, 'undefined is not a port'],
    [null as unknown as TargetName, 'is not a target'],
    [{ port: '9229' } as unknown as TargetName, '9229 is not a port'],
  ])('%j is refused', (target, message) => {
    expect(() => parseTarget(target)).toThrow(UsageError);
    expect(() => parseTarget(target)).toThrow(message);
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['LOCALHOST', true],
  ['app.localhost', true],
  ['10.0.0.1', false],
  ['0.0.0.0', false],
  ['128.0.0.1', false],
  ['fe80::1', false],
  ['localhost.example.com', false],
  ['mylocalhost', false],
])('isLoopback(%s) is %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test('hostPort puts brackets around IPv6', () => {
  expect([hostPort({ host: '::1', port: 1 }), hostPort({ host: 'a', port: 2 })]).toEqual(['[::1]:1', 'a:2']);
});
