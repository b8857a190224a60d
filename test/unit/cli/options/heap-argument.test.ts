import { execFileSync } from 'node:child_process';
import { afterEach, expect, it } from '@jest/globals';
import { heapArguments, isHeapFile } from '../../../../src/cli/options/heap-argument.js';
import { enterTemporaryFolder, reapTargets } from '../../../helpers/target-process.js';

afterEach(reapTargets);

it('a pipe is no heap snapshot file, whatever its name: a reader would wait for ever if nobody wrote to it', () => {
  enterTemporaryFolder();
  execFileSync('/bin/sh', ['-c', 'mkfifo pipe.heapsnapshot']);
  expect([isHeapFile('pipe.heapsnapshot'), isHeapFile('other.heapsnapshot')]).toEqual([false, true]);
  expect(() => heapArguments(['pipe.heapsnapshot', 'Session'], { buffers: false })).toThrow(
    'pipe.heapsnapshot is a pipe, and why reads a heap snapshot from a file; write it into one first',
  );
});

it.each([
  [['app.js', 'Session'], { buffers: false }, { place: 'app.js', what: 'Session' }],
  [['Session'], { buffers: false, pid: 7 }, { place: undefined, what: 'Session' }],
  [['app.js'], { buffers: true }, { place: 'app.js', what: null }],
  [[], { buffers: true, port: 9229 }, { place: undefined, what: null }],
])('%j with %j', (words, values, expected) => expect(heapArguments(words, values)).toEqual(expected));

it.each([
  [['Session'], { buffers: false }],
  [['app.js', 'Session', 'more'], { buffers: false }],
  [['app.js', 'Session'], { buffers: false, pid: 7 }],
  [['app.js', 'Session'], { buffers: true }],
  [[], { buffers: true }],
])('refuses %j with %j', (words, values) => expect(() => heapArguments(words, values)).toThrow('say where to look'));
