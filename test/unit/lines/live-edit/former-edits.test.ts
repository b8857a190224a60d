import { expect, it } from '@jest/globals';
import { originOf } from '../../../../src/lines/live-edit/former-edits.js';
import { transform } from '../../../../src/lines/transform/transform.js';
import type { ParsedScript } from '../../../../src/protocol/debugger-domain.js';

const LOADED = 'exports.f = (a) => {\n  return [\n    a,\n    [a],\n  ];\n};';
const OPTIONS = { sourceType: 'commonjs', isRunning: true, innerLinesOnly: false } as const;
const EDITED = transform(LOADED, OPTIONS).code;
const LABELLED = transform(LOADED, { ...OPTIONS, labels: true }).code;

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

it('so is one with the text of our edit with labels', async () => {
  expect(LABELLED).toContain('__ntm__');
  expect(await origin('10', { 9: LOADED, 10: LABELLED })).toBe('former');
});

it('a module that cannot be edited at its top level was edited in its functions alone', async () => {
  const inner = transform(LOADED, { ...OPTIONS, innerLinesOnly: true, labels: true }).code;
  expect(await origin('10', { 9: LOADED, 10: inner })).toBe('former');
});

it('a program whose own text has the name of our function is told from its edit', async () => {
  const own = `${LOADED}\nexports.own = '__ntm__';`;
  const [edited, labelled] = [false, true].map((labels) => transform(own, { ...OPTIONS, labels }).code);
  expect(await origin('10', { 9: own, 10: labelled! })).toBe('former');
  expect(await origin('10', { 9: own, 10: edited! })).toBe('former');
});

it.each([
  ['the same text', { 9: LOADED, 10: LOADED }],
  ['another text', { 9: LOADED, 10: `${EDITED} ` }],
  ['another text with labels', { 9: LOADED, 10: `${LABELLED} ` }],
  ['a text that our edit does not change', { 9: '1;', 10: '1;' }],
  ['no text', { 9: LOADED }],
  ['a text, and the first has none', { 10: EDITED }],
])('of a later one with %s nothing is known', async (_, texts) => {
  expect(await origin('10', texts)).toBe('unknown');
});
