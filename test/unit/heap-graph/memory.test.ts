import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { withMemory } from '../../../src/heap-graph/columns/memory.js';
import { repoPath } from '../../helpers/paths.js';

/** In a process of its own: V8 first collects the garbage of the whole heap several times, which takes seconds in this one. */
const CODE = `
  const { withMemory } = await import(${JSON.stringify(repoPath('dist/src/heap-graph/columns/memory.js'))});
  try {
    withMemory('to read a heap snapshot', () => new ArrayBuffer(2 ** 52));
  } catch ({ name, message }) {
    console.log(name + ': ' + message);
  }`;

it('says so if a heap does not fit into memory', () => {
  expect(execFileSync(process.execPath, ['--input-type=module', '--eval', CODE], { encoding: 'utf8' })).toBe(
    'ProfileTooLargeError: there is not enough memory to read a heap snapshot; it takes up to 1.6 bytes for each byte of the heap snapshot\n',
  );
});

it('passes other errors on', () => {
  expect(() => withMemory('for paths', () => Number(1).toFixed(1000))).toThrow(RangeError);
});
