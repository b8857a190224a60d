import { expect, test } from '@jest/globals';
import type * as z from 'zod/mini';
import { BadProfileError, CommandError } from '../../../src/errors.js';
import {
  evaluation,
  heapUsage,
  listAnswer,
  parseAnswer,
  parseSamplingProfile,
  pausedEvent,
  scriptParsedEvent,
  versionAnswer,
} from '../../../src/protocol/schemas.js';

test('a sampling profile passes through unchanged', () => {
  const head = { children: [{ nonsense: true }] };
  const samples = [null, 'not a sample'];
  const profile = parseSamplingProfile({ profile: { head, samples } });
  expect(profile.head).toBe(head);
  expect(profile.samples).toBe(samples);
});

test.each([
  [null, 'the sampling profile has an unexpected shape:'],
  [{}, 'the sampling profile has an unexpected shape at profile:'],
  [{ profile: { head: [], samples: [] } }, 'the sampling profile has an unexpected shape at profile.head: expected a node'],
  [{ profile: { head: {}, samples: { length: 0 } } }, 'the sampling profile has an unexpected shape at profile.samples: expected an array'],
  [{ profile: { head: {} } }, 'the sampling profile has an unexpected shape at profile.samples: expected an array'],
])('%j is a BadProfileError of one line', (answer, message) => {
  expect(() => parseSamplingProfile(answer)).toThrow(BadProfileError);
  expect(() => parseSamplingProfile(answer)).toThrow(message);
  expect(() => parseSamplingProfile(answer)).not.toThrow('\n');
});

const FRAME = { callFrameId: '1', functionName: 'f', url: 'app.js', location: { scriptId: '7', lineNumber: 0 } };
const SCRIPT = { scriptId: '7', url: 'app.js', startLine: 0, startColumn: 0, hash: 'h' };

test.each<[string, z.ZodMiniType, unknown, unknown]>([
  ['heapUsage', heapUsage, { usedSize: 1, totalSize: 2 }, { usedSize: -1, totalSize: 2 }],
  ['heapUsage of Node 24', heapUsage, { usedSize: 1, totalSize: 2, backingStorageSize: 3, embedderHeapUsedSize: 4 }, { usedSize: 1 }],
  ['evaluation', evaluation, { result: { type: 'number', value: 1 } }, { result: 1 }],
  ['a throw', evaluation, { result: { type: 'object' }, exceptionDetails: { text: 'Uncaught' } }, { result: {} }],
  ['paused', pausedEvent, { reason: 'OOM', callFrames: [FRAME] }, { reason: 'OOM', callFrames: [{ ...FRAME, location: null }] }],
  ['scriptParsed', scriptParsedEvent, SCRIPT, { ...SCRIPT, scriptId: 7 }],
  ['version', versionAnswer, { Browser: 'node.js/v20.20.2', 'Protocol-Version': '1.1' }, { Browser: 'node.js/v20.20.2' }],
  ['list', listAnswer, [{ id: '1', type: 'node', title: 't', url: 'u', webSocketDebuggerUrl: 'ws://h/1' }], {}],
])('%s: the right shape passes, the wrong one is a CommandError', (_, schema, right, wrong) => {
  expect(parseAnswer(schema, right, 'the answer')).toEqual(right);
  expect(() => parseAnswer(schema, wrong, 'the answer')).toThrow(CommandError);
  expect(() => parseAnswer(schema, wrong, 'the answer')).toThrow(/^the answer has an unexpected shape/);
});
