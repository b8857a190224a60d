import { expect, it } from '@jest/globals';
import { originOf } from '../../../../src/lines/live-edit/former-edits.js';
import { transform } from '../../../../src/lines/transform/transform.js';
import type { ParsedScript } from '../../../../src/protocol/debugger-domain.js';

const LOADED = 'exports.f = (a) => {\n  return [\n    a,\n    [a],\n  ];\n};';
const EDITED = transform(LOADED, { sourceType: 'commonjs', isRunning: true, innerLinesOnly: false }).code;

const script = (scriptId: string, url = 'file:///a.cjs') => ({ scriptId, url }) as ParsedScript;

/** @param texts by script id; V8 has collected a script without one */
const origin = (id: string, texts: Record<string, string>, scripts = [script('9'), script('10'), script('11', 'file:///b.cjs')]) =>
  originOf(scripts.find(({ scriptId }) => scriptId === id)!, scripts, async ({ scriptId }) => texts[scriptId] ?? null);

it('the first script of a name was loaded', async () => {
  expect(EDITED).not.toBe(LOADED);
  expect(await origin('9', { 9: LOADED, 10: EDITED })).toBe('loaded');
  expect(await origin('11', { 9: LOADED, 11: EDITED })).toBe('loaded');
});

it('a later one with the text of our edit is what V8 keeps of the edit', async () => {
  expect(await origin('10', { 9: LOADED, 10: EDITED })).toBe('former');
});

it.each([
  ['the same text', { 9: LOADED, 10: LOADED }],
  ['another text', { 9: LOADED, 10: `${EDITED} ` }],
  ['a text that our edit does not change', { 9: '1;', 10: '1;' }],
  ['no text', { 9: LOADED }],
  ['a text, and the first has none', { 10: EDITED }],
])('of a later one with %s nothing is known', async (_, texts) => {
  expect(await origin('10', texts)).toBe('unknown');
});
