import { expect, it } from '@jest/globals';
import type { BufferHolders } from '../../../../src/heap-graph/buffers/explain-buffers.js';
import { bufferLines } from '../../../../src/report/text/buffers.js';

const link = (name: string, type: string, lineno: number | null) => ({
  edge: name,
  name,
  type,
  id: 7,
  size: 1,
  retained: 2,
  place: lineno === null ? null : { filename: '/app/queue.js', lineno, column: 1 },
  function: null,
  repeats: 1,
  dominates: false,
});
const path = (lineno: number | null) => [link('global.queue', 'Queue', null), link('Queue.chunks', 'Buffer', lineno)];
const rows = { owner: 'Queue', retained: 5000 };
const HOLDERS: BufferHolders = {
  size: 7000,
  count: 5,
  unheld: { size: 500, count: 1 },
  clusterCount: 3,
  clusters: [
    { ...rows, thread: 'main', count: 2, size: 4000, path: path(12) },
    { ...rows, thread: 'worker 1\u001b', count: 1, size: 2000, path: path(null) },
  ],
};

it('names the place and the thread, unless it is the main one', () => {
  expect(bufferLines(HOLDERS, { cwd: '/app', width: 200 })).toEqual([
    'outside of the heap: 5 stores of 7000 B',
    '',
    '  size  stores  held by',
    '4000 B       2  Queue: global.queue → Queue.chunks, allocated at queue.js:12',
    '2000 B       1  Queue in worker 1\\u{1b}: global.queue → Queue.chunks',
    '1 more: 500 B',
    '1 store of 500 B held by no object: V8 and Node hold it themselves, or have not freed it yet',
  ]);
});

it('says so if there is no such memory', () => {
  const none = { size: 0, count: 0, unheld: { size: 0, count: 0 }, clusterCount: 0, clusters: [] };
  expect(bufferLines(none, { cwd: '/app', width: 80 })).toEqual(['no memory outside of the heap']);
});
