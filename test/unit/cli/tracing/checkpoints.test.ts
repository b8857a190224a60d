import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Checkpoints } from '../../../../src/cli/tracing/checkpoints.js';
import { Snapshot } from '../../../../src/index.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const WHOLE = Snapshot.fromTraces([{ size: 1, frames: [['/app.js', 1]] }]);
const missing = [{ thread: 'worker 1', reason: 'no answer' }];
const PARTIAL = new Snapshot({ ...WHOLE, capture: { ...WHOLE.capture, missing } });

/** Makes checkpoints of these snapshots, one after the other. The target ends after the last one. */
async function checkpointed(results: readonly (Snapshot | Error)[], write: (snapshot: Snapshot, path: string) => void) {
  const file = join(folder, 's.tmsnap');
  const err = new PassThrough();
  const left = [...results];
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const target = {
    isTracing: () => left.length > 0,
    takeSnapshot: async () => {
      const result = left[0];
      if (result === undefined) {
        end();
        throw new Error('it has ended');
      }
      setImmediate(() => left.shift());
      if (result instanceof Error) throw result;
      return result;
    },
  };
  const checkpoints = new Checkpoints(target, file, { everyMs: 5, save: write, console: { out: err, err, cwd: folder } });
  await ended;
  err.end();
  return { checkpoints, file, told: await text(err) };
}

const dump = (snapshot: Snapshot, path: string) => snapshot.dump(path);

it('a checkpoint that lacks a thread does not replace the last whole one', async () => {
  const { checkpoints, file } = await checkpointed([WHOLE, PARTIAL], dump);
  expect(checkpoints.last?.snapshot).toBe(WHOLE);
  expect(Snapshot.load(`${file}.checkpoint`).capture.missing).toBeUndefined();
  expect(Snapshot.load(`${file}.checkpoint.partial`).capture.missing).toEqual(missing);
  checkpoints.remove();
  expect([existsSync(`${file}.checkpoint`), existsSync(`${file}.checkpoint.partial`)]).toEqual([false, false]);
});

it('without a whole one, the last one counts', async () => {
  const { checkpoints, file } = await checkpointed([PARTIAL], dump);
  expect(checkpoints.last?.snapshot).toBe(PARTIAL);
  expect(existsSync(`${file}.checkpoint`)).toBe(false);
});

it('a later whole one removes a partial one', async () => {
  const { checkpoints, file } = await checkpointed([PARTIAL, WHOLE], dump);
  expect(checkpoints.last?.snapshot).toBe(WHOLE);
  expect(existsSync(`${file}.checkpoint.partial`)).toBe(false);
});

it('a checkpoint that fails is one line, and the next one is tried', async () => {
  const { checkpoints, file, told } = await checkpointed([new Error('it is\n\x1b[31mbusy'), WHOLE], dump);
  expect(told).toBe('a checkpoint failed, the next one comes: it is \\u{1b}[31mbusy\n');
  expect(checkpoints.last?.snapshot).toBe(WHOLE);
  expect(existsSync(`${file}.checkpoint`)).toBe(true);
});

it('a checkpoint that cannot be written remains in memory', async () => {
  const { checkpoints, told } = await checkpointed([WHOLE], () => {
    throw new Error('the disk is full');
  });
  expect(told).toBe('a checkpoint failed, the next one comes: the disk is full\n');
  expect(checkpoints.last?.snapshot).toBe(WHOLE);
});
