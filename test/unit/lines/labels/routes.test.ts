import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { repoPath } from '../../../helpers/paths.js';

interface Runtime {
  routeOf(request: { method: string; url: string }, patterns: readonly unknown[]): string;
  patternOf(label: string): unknown;
}
const { routeOf, patternOf } = createRequire(import.meta.url)(repoPath('dist/src/lines/labels/request-routes.cjs')) as Runtime;

const label = (url: string, ...routes: readonly string[]) => routeOf({ method: 'GET', url }, routes.map(patternOf));

describe('a segment that differs from one request to the next', () => {
  test.each([
    ['a number', '7'],
    ['a number with a sign', '-17'],
    ['a number with a point', '52.5200'],
    ['two coordinates', '52.5200,13.4050'],
    ['a telephone number', '+49-30-123456'],
    ['a telephone number in percent-encoding', '%2B4930123456'],
    ['a UUID', '0190b5c4-8a3e-7c1d-9f00-5e3b7a2c4d6f'],
    ['a UUID in capitals', '0190B5C4-8A3E-7C1D-9F00-5E3B7A2C4D6F'],
    ['a UUID in braces', '%7B0190b5c4-8a3e-7c1d-9f00-5e3b7a2c4d6f%7D'],
    ['an MD5 hash', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['a SHA-1 hash', 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709'],
    ['a SHA-256 hash', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['a short hash', 'fd5fae85'],
    ['an ObjectId', '507f1f77bcf86cd799439011'],
    ['a ULID', '01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    ['a nanoid', 'V1StGXR8_Z5jdHi6B-myT'],
    ['a cuid', 'ck9q2v7x0000001l5h3s8d4f2'],
    ['an id with a prefix', 'cus_NffrFeUfNV2Hib'],
    ['a date', '2026-12-01'],
    ['a month', '2026-12'],
    ['a date without dashes', '20261201'],
    ['a date with full stops', '01.12.2026'],
    ['a time', '2026-12-01T20:48:55.123Z'],
    ['a time in percent-encoding', '2026-12-01T20%3A48%3A55%2B01%3A00'],
    ['a time with a space', '2026-12-01%2020:48'],
    ['an e-mail address', 'jane.doe@example.com'],
    ['an e-mail address in percent-encoding', 'jane.doe%40example.com'],
    ['a name with an @', '@jane'],
    ['more than 40 characters', 'the-quick-brown-fox-jumps-over-the-lazy-d'],
    ['more than 40 characters and damaged percent-encoding', `${'the-quick-brown-fox'.repeat(3)}%E0%A4`],
  ])('%s', (_kind, segment) => {
    expect(label(`/a/${segment}/b`)).toBe('GET /a/:id/b');
    expect(label(`/${segment}`)).toBe('GET /:id');
  });

  test('several of them', () => expect(label('/users/7/orders/2026-12-01/8')).toBe('GET /users/:id/orders/:id/:id'));
});

describe('a segment that stays', () => {
  test.each([
    ['a word', 'users'],
    ['a version', 'v2'],
    ['words', 'terms-and-conditions'],
    ['a file', 'favicon.ico'],
    ['letters that a hash may have', 'facade'],
    ['40 characters', 'the-quick-brown-fox-jumps-over-the-lazy-'],
    ['damaged percent-encoding', '%E0%A4%A'],
    ['percent-encoding that is not needed to understand it', 'caf%C3%A9'],
    ['nothing', ''],
    ['a name of an object of JavaScript', '__proto__'],
  ])('%s', (_kind, segment) => expect(label(`/a/${segment}/b`)).toBe(`GET /a/${segment}/b`));
});

test('40 characters are counted after percent-encoding is undone', () => {
  expect(label(`/${'%C3%A9'.repeat(40)}`)).toBe(`GET /${'%C3%A9'.repeat(40)}`);
  expect(label(`/${'%C3%A9'.repeat(41)}`)).toBe('GET /:id');
});

describe('the target of a request', () => {
  test.each([
    ['a query', '/search?q=jane', 'GET /search'],
    ['a query with slashes and question marks', '/search?next=/a/b?c', 'GET /search'],
    ['a query with a line break', '/search?a\nb', 'GET /search'],
    ['a query alone', '?q=1', 'GET /'],
    ['a fragment', '/page#top', 'GET /page'],
    ['a root', '/', 'GET /'],
    ['a slash at the end', '/users/', 'GET /users/'],
    ['double slashes', '//users//7', 'GET //users//:id'],
    ['an absolute form', 'http://example.com:8080/users/7?x', 'GET /users/:id'],
    ['an absolute form with a name and a password', 'HTTPS://jane:secret@example.com/users', 'GET /users'],
    ['an absolute form without a path', 'http://example.com', 'GET /'],
    ['an absolute form with a query alone', 'http://example.com?jane', 'GET /'],
    ['nothing', '', 'GET /'],
  ])('%s', (_kind, url, expected) => expect(label(url)).toBe(expected));

  test('of OPTIONS for the whole server', () => expect(routeOf({ method: 'OPTIONS', url: '*' }, [])).toBe('OPTIONS *'));
  test('of CONNECT', () => expect(routeOf({ method: 'CONNECT', url: 'example.com:443' }, [])).toBe('CONNECT example.com:443'));
});

describe('patterns', () => {
  test('with a method give themselves', () => {
    expect(label('/files/a/7/c.txt?x', 'GET /files/*')).toBe('GET /files/*');
    expect(routeOf({ method: 'PUT', url: '/files/a' }, [patternOf('GET /files/*')])).toBe('PUT /files/a');
  });

  test('without a method get that of the request', () => {
    expect(label('/users/jane', '/users/*')).toBe('GET /users/*');
    expect(routeOf({ method: 'PUT', url: '/users/jane' }, [patternOf('/users/*')])).toBe('PUT /users/*');
  });

  test('may leave the method open', () => {
    expect(label('/users/jane', '* /users/*')).toBe('* /users/*');
    expect(label('/users/jane', '*')).toBe('*');
  });

  test('the first that matches counts', () => {
    const routes = ['GET /files/public/*', 'GET /files/*', '/files/*'];
    expect(label('/files/public/a', ...routes)).toBe('GET /files/public/*');
    expect(label('/files/private/a', ...routes)).toBe('GET /files/*');
  });

  test('match a whole path', () => {
    expect(label('/files', '/files/*')).toBe('GET /files');
    expect(label('/more/files/a', '/files/*')).toBe('GET /more/files/a');
    expect(label('/files/a/more', '/files/?')).toBe('GET /files/a/more');
  });

  test('? is one character, and nothing else in a pattern is special', () => {
    expect(label('/v2/a', '/v?/a')).toBe('GET /v?/a');
    expect(label('/v22/a', '/v?/a')).toBe('GET /v22/a');
    expect(label('/a.b+(c)[d]{e}^$|', '/a.b+(c)[d]{e}^$|')).toBe('GET /a.b+(c)[d]{e}^$|');
    expect(label('/axb', '/a.b')).toBe('GET /axb');
  });

  test.each([
    ['/a/b/c/d', '/*/c/*', true],
    ['/a/b/c', '/*/c/*', false],
    ['/a/c/c/d', '*c/c*d', true],
    ['/aab', '/*ab', true],
    ['/ababa', '/ab*ba', true],
    ['/aba', '/ab*ba', false],
    ['/abcab', '/*a?c*?b', true],
    ['/a/1\n/b', '/a/*/b', true],
    ['/11 and 1', '/1* *1', true],
    ['/x', '/**', true],
    ['/', '/*', true],
  ])('%j under %j: %p', (path, route, matches) => {
    expect(label(path, `GET ${route}`) === `GET ${route}`).toBe(matches);
  });

  test('the path that suits a pattern least takes no longer than a moment', () => {
    const path = `/x${'/a/b/c/d'.repeat(2000)}!`; // 16 kB, the most that Node takes
    const begin = performance.now();
    expect(label(path, '/*/a/*/b/*/c/*/d', `/${'*'.repeat(60)}b`)).not.toContain('*');
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
