import { afterEach, expect, test } from '@jest/globals';
import { UnsupportedError } from '../../../../src/errors.js';
import { failureOf } from '../../../helpers/failure.js';
import { type Stage, stage } from './played.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const FREE = 'ask for the free memory';
const TRACK = 'HeapProfiler.startTrackingHeapObjects';

const started: Stage[] = [];
afterEach(() => {
  for (const { program } of started.splice(0)) program.lose('the test is over');
});

function programWith({ heapBytes, freeBytes }: { readonly heapBytes: number; readonly freeBytes: number | null }) {
  const set = stage();
  started.push(set);
  set.program.heapBytes = heapBytes;
  set.program.answers.set(FREE, freeBytes);
  set.program.answers.set('read the memory usage', { heapUsed: heapBytes, heapTotal: heapBytes, external: 0, rss: heapBytes + 60 * MIB });
  return set;
}

test('says in advance what it will cost', async () => {
  const { tracer } = programWith({ heapBytes: 20 * MIB, freeBytes: 2 * GIB });
  const notices: string[] = [];
  await tracer.start({ mode: 'objects', onNotice: (notice) => notices.push(notice) });
  expect(notices).toEqual([
    'object mode: with a heap of 20.0 MiB the program may need up to 800 MiB more memory (2048 MiB are free); ' +
      'it stands still for about 2.0 s at each snapshot, and for 0.10 s several times a second',
  ]);
});

test.each([
  [
    'may not have the memory',
    { heapBytes: 20 * MIB, freeBytes: 300 * MIB },
    'a heap snapshot of a heap of 20.0 MiB may need 800 MiB more memory, and only 300 MiB are free; ',
  ],
  [
    'would stand still for long',
    { heapBytes: 150 * MIB, freeBytes: 100 * GIB },
    'object mode would stop the program for about 15 s at each snapshot, because its heap has 150 MiB; ',
  ],
  ['would stand still for long, and does not tell its free memory', { heapBytes: 150 * MIB, freeBytes: null }, 'for about 15 s'],
])('refuses a program that %s, before it changes anything in it; with yes it does not', async (_, state, words) => {
  const { program, tracer } = programWith(state);
  const error = await failureOf(tracer.start({ mode: 'objects' }));
  expect(error).toBeInstanceOf(UnsupportedError);
  expect(error.message).toContain(words);
  expect(error.message).toContain('--yes (yes: true)');
  for (const command of [TRACK, 'set flags', 'NodeWorker.enable']) expect(program.sent).not.toContain(command);
  await tracer.start({ mode: 'objects', yes: true });
  expect(program.sent).toContain(TRACK);
});

test('looks again without garbage before it refuses', async () => {
  const { program, tracer } = programWith({ heapBytes: 150 * MIB, freeBytes: 100 * GIB });
  program.on.set('HeapProfiler.collectGarbage', () => {
    program.heapBytes = 20 * MIB;
  });
  await tracer.start({ mode: 'objects' });
  expect(program.sent).toContain(TRACK);
});

test('takes no snapshot of a heap that has become too large for the memory, at the end either', async () => {
  const { program, tracer } = programWith({ heapBytes: 2 * MIB, freeBytes: GIB });
  await tracer.start({ mode: 'objects' });
  program.heapBytes = 200 * MIB;
  for (const ask of [() => tracer.takeSnapshot(), () => tracer.why('Session'), () => tracer.whyBuffers()])
    await expect(ask()).rejects.toThrow(/may need \d+ MiB more memory, and only 1024 MiB are free/);
  program.end();
  const { snapshot, error } = await tracer.closed;
  expect({ snapshot, error }).toEqual({ snapshot: null, error: expect.any(UnsupportedError) });
  expect(program.sent).not.toContain('HeapProfiler.takeHeapSnapshot');
  expect(program.sent).not.toContain('HeapProfiler.stopTrackingHeapObjects');
});

test('other modes are refused before the program is asked anything', async () => {
  const { program, tracer } = programWith({ heapBytes: 2 * MIB, freeBytes: GIB });
  await tracer.start();
  const sent = program.sent.length;
  for (const ask of [() => tracer.why('global.cache'), () => tracer.why('Session')])
    await expect(ask()).rejects.toThrow("what keeps objects alive is told in object mode only; start with mode: 'objects'");
  expect(program.sent).toHaveLength(sent);
});

test('in other modes a heap snapshot for Buffers is refused, too, if there is no memory for it', async () => {
  const { program, tracer } = programWith({ heapBytes: 200 * MIB, freeBytes: GIB });
  await tracer.start();
  await expect(tracer.whyBuffers()).rejects.toThrow(
    /may need \d+ MiB more memory, and only 1024 MiB are free; do it nevertheless with --yes/,
  );
  expect(program.sent).not.toContain('HeapProfiler.takeHeapSnapshot');
});
