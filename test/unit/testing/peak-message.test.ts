import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { peakMessage } from '../../../src/testing/messages/peak-message.js';

const MIB = 2 ** 20;

/** @param stacks by size in MiB, from the oldest to the newest frame: `app.js:1 main` */
function linesOf(stacks: readonly (readonly [number, ...string[]])[], { external = 0, artifacts = null as string | null } = {}): string[] {
  const snapshot = Snapshot.fromTraces(
    stacks.map(([size, ...places]) => ({
      size: size * MIB,
      frames: places.map((place) => {
        const [, file, line, functionName] = /^(.*):(\d+) (.*)$/.exec(place)!;
        return {
          filename: file!.startsWith('node:') ? file! : join(process.cwd(), file!),
          lineno: Number(line),
          functionName: functionName!,
        };
      }),
    })),
    { tracebackLimit: 16 },
  );
  const isOwn = ({ filename }: { readonly filename: string }) => !filename.startsWith('node:');
  const facts = { name: 'parse', limit: 24 * MIB, peak: 31 * MIB, external, snapshot, isOwn, artifacts };
  return peakMessage(facts).split('\n');
}

it('says how much too high the peak is, and names the own lines that held most', () => {
  const lines = linesOf([
    [5, 'app.js:1 main', 'list.js:7 push'],
    [12, 'app.js:2 load', 'row.js:3 row', 'node:buffer:9 from'],
    [6, 'app.js:1 main', 'row.js:3 row'],
  ]);
  expect(lines).toEqual([
    'parse held 31.0 MiB at its peak, 7168 KiB more than the limit of 24.0 MiB',
    '',
    '  18.0 MiB: row.js:3 row, allocated in node:buffer:9 from',
    '      called by app.js:2 load',
    '  5120 KiB: list.js:7 push',
    '      called by app.js:1 main',
  ]);
});

it('says what has no line', () => {
  expect(linesOf([], { external: 20 * MIB }).at(-1)).toBe(
    "  20.0 MiB outside of V8's heap, as Buffers are: V8 does not tell which lines made them",
  );
});

it('has at most 12 lines', () => {
  const stacks = Array.from({ length: 9 }, (_, i) => [3, 'app.js:1 main', `a${i}.js:1 f`, 'node:events:4 on'] as const);
  const lines = linesOf(stacks, { external: 4 * MIB, artifacts: 'The snapshot of the peak is in a.tmsnap.' });
  expect(lines.length).toBeLessThanOrEqual(12);
  expect(lines).toContain('  6 more: see error.snapshot');
});
