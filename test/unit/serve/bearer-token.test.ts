import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { BearerToken, readToken } from '../../../src/serve/bearer-token.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

const TOKEN = '0123456789abcdefABCDEF-._~+/==';

afterEach(reapTargets);

function tokenFile(content: string): string {
  const file = join(temporaryFolder(), 'token');
  writeFileSync(file, content);
  return file;
}

it('matches the same token, and nothing else', () => {
  const token = new BearerToken(TOKEN, 'it');
  expect(token.matches(`Bearer ${TOKEN}`)).toBe(true);
  expect(token.matches(`bearer  ${TOKEN}`)).toBe(true);
  for (const header of [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    `Basic ${TOKEN}`,
    TOKEN,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Bearer ${TOKEN} x`,
  ])
    expect(token.matches(header)).toBe(false);
});

it('comes from the file, or without one from the environment', () => {
  const env = { TRACEMALLOC_TOKEN: 'of-the-environment' };
  expect(readToken(undefined, {})).toBeNull();
  expect(readToken(undefined, env)?.matches('Bearer of-the-environment')).toBe(true);
  expect(readToken(tokenFile(`${TOKEN}\n`), env)?.matches(`Bearer ${TOKEN}`)).toBe(true);
});

it('an invalid token is refused, and not shown', () => {
  for (const bad of ['', 'too-short', 'has spaces in the middle', 'two-lines-of-text\nare-not-one-token', 'unprintable-\u0000-character']) {
    for (const read of [() => readToken(tokenFile(bad), {}), () => readToken(undefined, { TRACEMALLOC_TOKEN: bad })]) {
      expect(read).toThrow(/ does not hold a valid token: a token is one line of at least 16 /);
      if (bad !== '') expect(read).not.toThrow(bad);
    }
  }
  expect(() => readToken('/nowhere/token', {})).toThrow(
    'cannot read the token: /nowhere/token cannot be read: there is no such file; check the path, or make a token with openssl rand -hex 32',
  );
});
