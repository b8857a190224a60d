import { expect, test } from '@jest/globals';
import { type Key, pressed } from '../../../../src/cli/live/keys.js';
import { restAfter } from '../../../../src/cli/live/pace.js';
import { Snapshot } from '../../../../src/index.js';
import { initialState, type LiveState, withReading } from '../../../../src/report/live/live-state.js';

const STATE: LiveState = { ...initialState({ label: '9229', keyType: 'lineno' }), message: 'old news' };

function afterKeys(...keys: (string | Key)[]): LiveState {
  return keys.reduce<LiveState>((state, key) => pressed(state, typeof key === 'string' ? { text: key } : key).state, STATE);
}

const ENTER: Key = { text: '\r', name: 'return' };
const ESCAPE: Key = { text: '\u001b', name: 'escape' };
const CTRL_C: Key = { text: '\u0003', name: 'c', ctrl: true };

test('Ctrl-Z suspends, also while a text is typed', () => {
  const suspend: Key = { text: '\u001a', name: 'z', ctrl: true };
  for (const state of [STATE, afterKeys('/', 'a')]) expect(pressed(state, suspend)).toEqual({ state, request: 'suspend' });
});

test('g and s go through all values and begin again', () => {
  const keyTypes = Array.from({ length: 7 }, (_, i) => afterKeys(...'g'.repeat(i)).keyType);
  expect(keyTypes).toEqual(['lineno', 'function', 'filename', 'package', 'thread', 'traceback', 'lineno']);
  expect([afterKeys('s').sort, afterKeys('s', 's').sort, afterKeys('s', 's', 's').sort]).toEqual(['since start', 'since last', 'size']);
});

test('g comes to labels if there are any', () => {
  const snapshot = Snapshot.fromTraces([{ size: 1, label: 'GET /', frames: [['a.js', 1]] }]);
  const state = { ...afterKeys(...'ggggg'), readings: withReading(null, { snapshot, at: 0 }) };
  expect([state.keyType, pressed(state, { text: 'g' }).state.keyType]).toEqual(['traceback', 'label']);
});

test('o shows your own code, then lines', () => {
  expect([afterKeys('o'), afterKeys('o', 'o'), afterKeys('g', 'o'), afterKeys('o', 'g')].map(({ keyType }) => keyType)).toEqual([
    'own',
    'lineno',
    'own',
    'lineno',
  ]);
});

test('f freezes and thaws; any key removes the message; unknown keys do nothing else', () => {
  expect([afterKeys('f').isFrozen, afterKeys('f', 'f').isFrozen]).toEqual([true, false]);
  expect(afterKeys('x', { text: undefined, name: 'up' })).toEqual({ ...STATE, message: '' });
});

test('/ takes a text, in which the keys of commands are letters', () => {
  expect(afterKeys('/', 'q', 'w', 'é', { text: '\b', name: 'backspace' }, ENTER)).toMatchObject({ filter: 'qw', asks: null });
  expect(afterKeys('/', 'a', ESCAPE)).toMatchObject({ filter: '', asks: null });
  expect(afterKeys('/', 'a', { text: undefined, name: 'up' }, { text: '\u0001', name: 'a', ctrl: true })).toMatchObject({
    filter: 'a',
    asks: 'filter',
  });
  expect(afterKeys('/', 'a', 'b', { text: '\u0015', name: 'u', ctrl: true }, 'c')).toMatchObject({ filter: 'c', asks: 'filter' });
});

test('? shows the help until the next key, which does nothing else', () => {
  expect(afterKeys('?').asks).toBe('help');
  expect(afterKeys('?', 'f')).toMatchObject({ asks: null, isFrozen: false });
});

test('q, w and, from anywhere, Ctrl-C are requests', () => {
  expect([pressed(STATE, { text: 'q' }).request, pressed(STATE, { text: 'w' }).request]).toEqual(['quit', 'save']);
  for (const state of [STATE, afterKeys('/'), afterKeys('?')]) expect(pressed(state, CTRL_C).request).toBe('quit');
  expect(pressed(afterKeys('/'), { text: 'q' }).request).toBeNull();
});

test.each([0, 1, 40, 41.7, 300, 10_000])('after a snapshot of %d ms we rest for at least 19 times as long', (ms) => {
  expect(restAfter(ms)).toBeGreaterThanOrEqual(19 * ms);
  expect(restAfter(ms)).toBeGreaterThanOrEqual(1000);
});
