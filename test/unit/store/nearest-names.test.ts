import { expect, it } from '@jest/globals';
import { unknownName } from '../../../src/store/nearest-names.js';

it.each([
  ['checkuot', ['checkout', 'cart', 'search'], 'there is no service "checkuot"; do you mean "checkout"?'],
  ['api', ['billing-api', 'api-gateway', 'web'], 'there is no service "api"; do you mean "api-gateway" or "billing-api"?'],
  ['zzz', ['b', 'a'], 'there is no service "zzz"; there are "a" and "b"'],
  ['x', [], 'there is no service "x": the store has no profiles of any; push some first'],
])('%p among %p', (name, known, message) => {
  expect(unknownName('service', name, known).message).toBe(message);
});

it('quotes a hostile name', () => {
  expect(unknownName('service', '\u001b[2J', ['a']).message).not.toContain('\u001b');
});
