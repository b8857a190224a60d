import { expect, it } from '@jest/globals';
import { addReading } from '../../../../src/collect/add-reading.js';
import { AllocationTotals } from '../../../../src/collect/churn/allocation-totals.js';
import type { Allocations } from '../../../../src/collect/stacks/allocations.js';
import { TraceCollector } from '../../../../src/collect/stacks/trace-collector.js';
import { BadProfileError } from '../../../../src/errors.js';
import { profileOf } from '../../../helpers/profiles.js';

const MAKE = 'make@file:///app.js:4:0';
const OTHER = 'other@file:///app.js:9:0';

/** `line size count` of each trace, sorted. */
function tracesOf(totals: { allocations(): Allocations }): string[] {
  const collector = new TraceCollector();
  const reading = {
    kind: 'allocations' as const,
    allocations: totals.allocations(),
    seconds: 1,
    collections: null,
    liveBytes: 0,
    grown: 0,
  };
  addReading(reading, collector.thread('main'), {
    tracebackLimit: 1,
    collected: () => undefined,
    codeOf: () => 'program',
    positionsOf: () => undefined,
  });
  const { traceback, size, count, birth, length } = collector.columns();
  const { locationLine, frames, tracebackStart } = collector.stacks.build();
  expect(birth).toBeNull();
  return Array.from({ length }, (_, row) => `${locationLine[frames[tracebackStart[traceback[row]!]!]!]} ${size[row]} ${count[row]}`).sort();
}

it('adds up windows by place and block size', () => {
  const totals = new AllocationTotals(1);
  totals.add(profileOf([{ frame: MAKE, samples: [56, 56, 24], children: [{ frame: OTHER, samples: [56] }] }]));
  totals.add(
    profileOf([
      { frame: OTHER, samples: [8] },
      { frame: MAKE, samples: [56] },
    ]),
  );
  expect(tracesOf(totals)).toEqual(['10 56 1', '10 8 1', '5 168 3', '5 24 1']);
});

it('an earlier reading does not change when a window is added', () => {
  const totals = new AllocationTotals(1);
  totals.add(profileOf([{ frame: MAKE, samples: [56] }]));
  const before = totals.allocations();
  const copy = structuredClone(before);
  totals.add(
    profileOf([
      { frame: MAKE, samples: [56] },
      { frame: OTHER, samples: [8] },
    ]),
  );
  expect(before).toEqual(copy);
});

it('is empty before the first window', () => {
  expect(tracesOf(new AllocationTotals(1))).toEqual([]);
});

it('a damaged profile adds nothing', () => {
  const totals = new AllocationTotals(1);
  const damaged = { ...profileOf([{ frame: MAKE, samples: [56] }]), samples: [{ size: -1, nodeId: 1, ordinal: 1 }] };
  expect(() => totals.add(damaged)).toThrow(BadProfileError);
  expect(tracesOf(totals)).toEqual([]);
});

it('leaves out what V8 allocated while it wrote the profile, whose node is not in the tree', () => {
  const totals = new AllocationTotals(1);
  const { head, samples } = profileOf([{ frame: MAKE, samples: [56] }]);
  totals.add({ head, samples: [...samples, { size: 99, nodeId: 77, ordinal: 5 }] });
  expect(tracesOf(totals)).toEqual(['5 56 1']);
});

it('does not recurse: V8 may send stacks of any depth', () => {
  const { head, samples } = profileOf([{ frame: MAKE, samples: [56] }]);
  const above = profileOf([{ frame: OTHER }]).head.children[0]!;
  let [node] = head.children;
  for (let depth = 0; depth < 100_000; depth++) node = { ...above, id: depth + 10, children: [node!] };
  const deep = { head: { ...head, children: [node!] }, samples };
  const totals = new AllocationTotals(1);
  totals.add(deep);
  totals.add(deep);
  expect(tracesOf(totals)).toEqual(['5 112 2']);
});

it('a row with more blocks than fit into 32 bits becomes several', () => {
  const totals = new AllocationTotals(1);
  totals.add(profileOf([{ frame: MAKE, samples: [16] }]));
  const many = 2.5 * 2 ** 32;
  const rows = tracesOf({ allocations: () => ({ ...totals.allocations(), size: [16 * many], count: [many] }) });
  expect(rows).toHaveLength(3);
  const [sizes, counts] = [1, 2].map((column) => rows.map((row) => Number(row.split(' ')[column])));
  expect(Math.max(...counts!)).toBeLessThan(2 ** 32);
  expect(counts!.reduce((sum, count) => sum + count)).toBe(many);
  expect(sizes!.reduce((sum, size) => sum + size)).toBe(16 * many);
});
