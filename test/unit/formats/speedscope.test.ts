import { expect, it } from '@jest/globals';
import { encode } from '../../../src/formats/index.js';
import { Snapshot } from '../../../src/index.js';
import type { TraceInput } from '../../../src/snapshot/from-traces.js';
import { HOSTILE_NAMES, hostileTraces } from '../../helpers/hostile-traces.js';
import { importIntoSpeedscope } from '../../helpers/speedscope.js';

const main = { filename: '/app/main.js', lineno: 1, column: 1, functionName: 'main' };
const load = { filename: '/app/load.js', lineno: 7, column: 15, functionName: 'load' };
const OLD: TraceInput[] = [
  { size: 1000, count: 10, frames: [main, load] },
  { size: 300, count: 3, frames: [main] },
];
const NEW: TraceInput[] = [
  { size: 5000, count: 50, frames: [main, load] },
  { size: 4096, thread: 'worker 1', frames: [load] },
  { size: 100, count: 1, frames: [main] },
  { size: 8, frames: [{ filename: '/app/main.js', lineno: 9 }] },
];

async function drawn(now: TraceInput[], old?: TraceInput[]) {
  const options = old && { old: Snapshot.fromTraces(old) };
  return (await importIntoSpeedscope('any name', Buffer.concat([...encode(Snapshot.fromTraces(now), 'speedscope', options)])))!;
}

it('has a profile of bytes and one of blocks for each thread', async () => {
  const profiles = await drawn(NEW);
  expect(profiles.map(({ name, unit, total }) => [name, unit, total])).toEqual([
    ['main: bytes', 'bytes', 5108],
    ['main: blocks', 'none', 52],
    ['worker 1: bytes', 'bytes', 4096],
    ['worker 1: blocks', 'none', 1],
  ]);
  const frames = profiles[0]!.frames.map((frame) => [
    frame.name,
    frame.file,
    frame.line,
    frame.col,
    frame.getSelfWeight(),
    frame.getTotalWeight(),
  ]);
  expect(frames).toEqual([
    ['main', '/app/main.js', 1, 1, 100, 5100],
    ['load', '/app/load.js', 7, 15, 5000, 5000],
    ['(anonymous main.js:9)', '/app/main.js', 9, undefined, 8, 8],
  ]);
});

it('if a trace has a label, the outermost frames say what the memory was allocated for', async () => {
  const [profile] = await drawn([
    { size: 5000, label: 'GET /users/:id', frames: [main, load] },
    { size: 100, label: 'GET /users/:id', frames: [main] },
    { size: 8, frames: [main] },
  ]);
  expect(profile!.frames.map((frame) => [frame.name, frame.file, frame.getSelfWeight(), frame.getTotalWeight()])).toEqual([
    ['[GET /users/:id]', undefined, 0, 5100],
    ['main', '/app/main.js', 108, 5108],
    ['load', '/app/load.js', 5000, 5000],
    ['[(none)]', undefined, 0, 8],
  ]);
});

it('a difference has a profile of growth and one of loss', async () => {
  expect((await drawn(NEW, OLD)).map(({ name, total }) => [name, total])).toEqual([
    ['main: bytes grown', 4008],
    ['main: bytes shrunk', 200],
    ['main: blocks grown', 41],
    ['main: blocks shrunk', 2],
    ['worker 1: bytes grown', 4096],
    ['worker 1: blocks grown', 1],
  ]);
});

it('an empty snapshot is one empty profile', async () => {
  expect(await drawn([])).toMatchObject([{ name: 'main: bytes', total: 0 }]);
  expect(await drawn(OLD, OLD)).toMatchObject([{ name: 'main: bytes grown', total: 0 }]);
});

it('hostile names do not change', async () => {
  const names = (await drawn(hostileTraces())).flatMap(({ frames }) => frames.map(({ name }) => name));
  expect(new Set(names)).toEqual(new Set(['main', ...HOSTILE_NAMES.flatMap((name) => [name, `[${name}]`])]));
});
