import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { Frame } from '../../../src/model/frame.js';
import { Traceback } from '../../../src/model/traceback.js';
import type { Growth } from '../../../src/series/growth.js';
import { growthMessage } from '../../../src/testing/growth-message.js';

const FACTS = { rounds: 2, iterations: 10, warmup: 1, name: 'work' };

/** 720 bytes of each round. @param places from the oldest to the newest, such as `app.js:2 start` */
function kept(...places: readonly string[]): Growth {
  const frames = places.map((place) => {
    const [, file, line, functionName] = /^(.*):(\d+) (.*)$/.exec(place)!;
    return new Frame(file!.startsWith('node:') ? file! : join(process.cwd(), file!), Number(line), { functionName: functionName! });
  });
  const ages = [0, 720, 720];
  const rest = { slope: 720, standardError: 0, sizes: [0, 720, 1440], counts: [0, 10, 20], ages };
  return { verdict: 'leaks', traceback: new Traceback(frames), ...rest };
}

const isOwn = ({ filename }: Frame) => !/^node:|node_modules/.test(filename);

function linesOf(...growth: readonly Growth[]): string[] {
  return growthMessage({ growth, isOwn, disturbing: null, artifacts: null }, FACTS).split('\n');
}

it('names the own line first, and what allocated below it', () => {
  const lines = linesOf(kept('app.js:1 main', 'timer.cjs:2 start', 'node:timers:139 setTimeout', 'node:internal/timers:5 Timeout'));
  expect(lines[2]).toBe('  72 B a call: timer.cjs:2 start, allocated in node:internal/timers:5 Timeout');
  expect(lines[3]).toBe('      called by app.js:1 main');
});

it('names the newest line if it is own code', () => {
  expect(linesOf(kept('app.js:1 main', 'list.js:7 push')).slice(2, 4)).toEqual([
    '  72 B a call: list.js:7 push',
    '      called by app.js:1 main',
  ]);
});

it('names the newest line if no own code led to it', () => {
  expect(linesOf(kept('node:net:9 onread', 'node:http:3 parse')).slice(2, 4)).toEqual([
    '  72 B a call: node:http:3 parse',
    '      called by node:net:9 onread',
  ]);
});

it('has at most 12 lines', () => {
  const places = Array.from({ length: 9 }, (_, i) => kept('app.js:1 main', `a${i}.js:1 f`, 'node:events:4 on'));
  expect(linesOf(...places).length).toBeLessThanOrEqual(12);
  expect(linesOf(...places)).toContain('  6 more: see error.growth');
  const noted = growthMessage({ growth: places, isOwn, disturbing: 'What is not of the work.', artifacts: 'Written.' }, FACTS).split('\n');
  expect(noted.length).toBeLessThanOrEqual(12);
  expect(noted.slice(-2)).toEqual(['What is not of the work.', 'Written.']);
  expect(noted).toContain('  7 more: see error.growth');
});
