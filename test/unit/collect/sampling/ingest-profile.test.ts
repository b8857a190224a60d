import { describe, expect, it } from '@jest/globals';
import { type IngestOptions, ingestProfile } from '../../../../src/collect/sampling/ingest-profile.js';
import { TraceCollector } from '../../../../src/collect/stacks/trace-collector.js';
import type { SamplingProfile } from '../../../../src/collect/stacks/v8-profile.js';
import { BadProfileError } from '../../../../src/errors.js';
import { tracebackAt } from '../../../../src/model/stack-table.js';
import { profileOf } from '../../../helpers/profiles.js';

/** Each trace as `size xcount oldest < … < most recent`. */
function traces(profile: SamplingProfile, options: Partial<IngestOptions> = {}): string[] {
  const collector = new TraceCollector();
  ingestProfile(profile, collector.thread('main'), { tracebackLimit: 100, interval: 1, ...options });
  const table = collector.stacks.build();
  const { length, size, count, traceback } = collector.columns();
  return Array.from({ length }, (_, i) => `${size[i]} x${count[i]} ${tracebackAt(table, traceback[i]!).frames.join(' > ')}`);
}

describe('ingestProfile', () => {
  it('makes 0-based positions 1-based', () => {
    const profile = profileOf([{ frame: 'f@file:///app.js:9:4', samples: [16] }]);
    const collector = new TraceCollector();
    ingestProfile(profile, collector.thread('main'), { tracebackLimit: 1, interval: 1 });
    const { frames } = tracebackAt(collector.stacks.build(), 0);
    expect(frames[0]).toMatchObject({ filename: '/app.js', lineno: 10, column: 5, functionName: 'f', precision: 'function' });
  });

  it('has no line or column for a place before the first character of a file', () => {
    const places = ['f@/a.js:0:-34', 'f@/b.js:-2:7', 'f@/c.js:-1:-34', 'f@/d.js:3:-1'];
    const collector = new TraceCollector();
    const profile = profileOf(places.map((frame) => ({ frame, samples: [16] })));
    ingestProfile(profile, collector.thread('main'), { tracebackLimit: 1, interval: 1 });
    const table = collector.stacks.build();
    const seen = places.map((_, i) => tracebackAt(table, i).at(-1)!).map(({ filename, lineno, column }) => [filename, lineno, column]);
    expect(seen.sort()).toEqual([
      ['/a.js', 1, 0],
      ['/b.js', 0, 8],
      ['/c.js', 0, 0],
      ['/d.js', 4, 0],
    ]);
  });

  it('keeps stacks from the oldest frame to the most recent, each sample a trace', () => {
    const profile = profileOf([{ frame: '@/app.js:0:0', children: [{ frame: 'f@/app.js:1:0', samples: [16, 24] }] }]);
    expect(traces(profile)).toEqual(['16 x1 /app.js:1 > /app.js:2', '24 x1 /app.js:1 > /app.js:2']);
  });

  it('keeps the most recent frames up to the limit, and the depth before it', () => {
    const profile = profileOf([
      { frame: 'a@/a.js:0:0', children: [{ frame: 'b@/b.js:0:0', children: [{ frame: 'c@/c.js:0:0', samples: [8] }] }] },
    ]);
    expect(traces(profile, { tracebackLimit: 2 })).toEqual(['8 x1 /b.js:1 > /c.js:1']);
    const collector = new TraceCollector();
    ingestProfile(profile, collector.thread('main'), { tracebackLimit: 2, interval: 1 });
    expect(collector.stacks.build().totalFrames[0]).toBe(3);
  });

  it('folds builtins into their caller, also in the middle of a stack', () => {
    const profile = profileOf([
      {
        frame: 'f@/app.js:4:0',
        samples: [8],
        children: [{ frame: 'map', samples: [16], children: [{ frame: '@/app.js:5:3', samples: [32] }] }],
      },
    ]);
    expect(traces(profile)).toEqual(['8 x1 /app.js:5', '16 x1 /app.js:5', '32 x1 /app.js:5 > /app.js:6']);
  });

  it('gives samples without a frame to the root', () => {
    expect(traces(profileOf([{ frame: 'push', samples: [8] }], [16]))).toEqual(['16 x1 <root>:0', '8 x1 <root>:0']);
  });

  it('names pseudo-nodes in angle brackets', () => {
    expect(
      traces(
        profileOf([
          { frame: '(V8 API)', samples: [8] },
          { frame: '(GC)', samples: [16] },
        ]),
      ),
    ).toEqual(['8 x1 <V8 API>:0', '16 x1 <GC>:0']);
  });

  it('names evaluations, and scripts that were collected', () => {
    const profile = profileOf([
      { frame: 'e@:2:0', samples: [8], scriptId: '5' },
      { frame: '@:-1:-1', samples: [16], scriptId: '6' },
      { frame: '@:-1:-1', samples: [24], scriptId: '9' },
    ]);
    expect(traces(profile, { collected: (id) => (id === '9' ? { url: 'file:///gone.mjs', startOf: () => null } : undefined) })).toEqual([
      '8 x1 <anonymous>:3',
      '16 x1 <collected script>:0',
      '24 x1 /gone.mjs:0',
    ]);
  });

  it('leaves out samples whose stack has our own code', () => {
    const profile = profileOf([
      { frame: '@node-tracemalloc:evaluate:0:0', samples: [8], children: [{ frame: 'memoryUsage@node:process:1:1', samples: [16] }] },
      { frame: 'own@/own/tracer.js:0:0', children: [{ frame: 'x@/elsewhere.js:0:0', samples: [24] }] },
      { frame: 'f@/app.js:0:0', samples: [32] },
    ]);
    expect(traces(profile, { codeOf: (filename) => (filename.startsWith('/own/') ? 'own' : 'program') })).toEqual(['32 x1 /app.js:1']);
  });

  it('walks trees far deeper than a call stack', () => {
    let branch: Parameters<typeof profileOf>[0][number] = { frame: 'f@/app.js:0:0', samples: [8] };
    const profile = profileOf([branch]);
    let head = profile.head.children[0]!;
    for (let id = 10; id < 200_000; id++) head = { ...head, id, children: [head] };
    branch = { frame: '' };
    expect(traces({ head: { ...profile.head, children: [head] }, samples: profile.samples }, { tracebackLimit: 2 })).toEqual([
      '8 x1 /app.js:1 > /app.js:1',
    ]);
  });

  it('leaves out the youngest samples when their nodes are not in the tree yet', () => {
    const { head, samples } = profileOf([{ frame: 'f@/app.js:0:0', samples: [8] }]);
    expect(traces({ head, samples: [{ size: 40, nodeId: 99, ordinal: 7 }, ...samples] })).toEqual(['8 x1 /app.js:1']);
  });

  const damaged: [string, (profile: SamplingProfile) => SamplingProfile][] = [
    ['an unknown node id', ({ head, samples }) => ({ head, samples: [{ size: 8, nodeId: 99, ordinal: 0 }, ...samples] })],
    ['a negative size', ({ head }) => ({ head, samples: [{ size: -8, nodeId: 2, ordinal: 1 }] })],
    ['a size that is no number', ({ head }) => ({ head, samples: [{ size: Number.NaN, nodeId: 2, ordinal: 1 }] })],
    ['one id twice', ({ head, samples }) => ({ head: { ...head, children: [...head.children, ...head.children] }, samples })],
    [
      'a line beyond 32 bits',
      ({ head, samples }) => ({ head: { ...head, callFrame: { ...head.callFrame, lineNumber: 2 ** 33 } }, samples }),
    ],
    ['a node without a frame', ({ head, samples }) => ({ head: { ...head, children: [{} as never] }, samples })],
    ['a node that is null', ({ head, samples }) => ({ head: { ...head, children: [null as never] }, samples })],
  ];
  it.each(damaged)('refuses a profile with %s', (_, damage) => {
    const profile = profileOf([{ frame: 'f@/app.js:0:0', samples: [8] }]);
    expect(() => traces(damage(profile))).toThrow(BadProfileError);
  });

  it('recognises a tree that contains itself, because an id occurs twice', () => {
    const profile = profileOf([{ frame: 'f@/app.js:0:0', samples: [8] }]);
    (profile.head.children as unknown[]).push(profile.head.children[0]);
    (profile.head.children[0]!.children as unknown[]).push(profile.head);
    expect(() => traces(profile)).toThrow(BadProfileError);
  });
});
