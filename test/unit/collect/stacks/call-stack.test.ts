import { describe, expect, it } from '@jest/globals';
import { type IngestOptions, ingestProfile } from '../../../../src/collect/sampling/ingest-profile.js';
import type { PositionReader } from '../../../../src/collect/stacks/call-stack.js';
import { TraceCollector } from '../../../../src/collect/stacks/trace-collector.js';
import { tracebackAt } from '../../../../src/model/stack-table.js';
import { profileOf } from '../../../helpers/profiles.js';

/** In this script, line 10 is a wrapper for line 12, and line 20 for line 20. The function of line 30 allocates only on line 31. */
const reader: PositionReader = {
  wrapperAt: (line) =>
    line === 10 ? { line: 12, column: 3 } : line === 20 ? { line: 20, column: 5 } : line === 99 ? { line: 0, column: 0 } : undefined,
  functionAt: (line) => (line === 30 ? { line: 31, column: 7 } : undefined),
  originalPosition: (line, column) => ({ line: line + 1, column: column + 1 }),
};

/** Each trace as `size oldest > … > most recent`, each frame as `line:column function precision`. */
function folded(profile: Parameters<typeof ingestProfile>[0], options: Partial<IngestOptions> = {}): string[] {
  const collector = new TraceCollector();
  const traces = collector.thread('main');
  const positionsOf = ({ url }: { url: string }) => (url === '/app.js' ? reader : undefined);
  ingestProfile(profile, traces, { tracebackLimit: 100, interval: 1, positionsOf, ...options });
  const table = collector.stacks.build();
  const { length, size, traceback } = collector.columns();
  return Array.from({ length }, (_, i) => {
    const frames = tracebackAt(table, traceback[i]!).frames.map((f) => `${f.lineno}:${f.column} ${f.functionName || '-'} ${f.precision}`);
    return `${size[i]} ${frames.join(' > ')}`;
  });
}

describe('folding of wrappers', () => {
  it('puts the function on the line of the wrapper', () => {
    const profile = profileOf([{ frame: 'f@/app.js:4:1', children: [{ frame: '@/app.js:10:2', samples: [16] }] }]);
    expect(folded(profile)).toEqual(['16 12:3 f line']);
  });

  it('takes the innermost wrapper, and counts only functions in the depth', () => {
    const inner = { frame: '@/app.js:20:2', samples: [16] };
    const profile = profileOf([{ frame: 'f@/app.js:4:1', children: [{ frame: '@/app.js:10:2', samples: [8], children: [inner] }] }]);
    expect(folded(profile)).toEqual(['8 12:3 f line', '16 20:5 f line']);
    const collector = new TraceCollector();
    const traces = collector.thread('main');
    ingestProfile(profile, traces, { tracebackLimit: 1, interval: 1, positionsOf: () => reader });
    expect([...collector.stacks.build().totalFrames]).toEqual([1, 1]);
  });

  it("shows in every frame the line of the call, and leaves a function's own bytes at its start", () => {
    const callee = { frame: 'g@/app.js:30:0', samples: [24] };
    const profile = profileOf([
      {
        frame: 'f@/app.js:4:1',
        samples: [8],
        children: [
          { frame: '@/app.js:10:2', children: [callee] },
          { frame: 'h@/lib.js:0:0', samples: [32] },
        ],
      },
    ]);
    expect(folded(profile)).toEqual(['8 5:2 f function', '24 12:3 f line > 31:7 g line', '32 5:2 f function > 1:1 h function']);
  });

  it('keeps recursive calls apart', () => {
    const again = { frame: 'f@/app.js:4:1', children: [{ frame: '@/app.js:20:2', samples: [16] }] };
    const profile = profileOf([{ frame: 'f@/app.js:4:1', children: [{ frame: '@/app.js:10:2', children: [again] }] }]);
    expect(folded(profile)).toEqual(['16 12:3 f line > 20:5 f line']);
  });

  it('keeps the line of a wrapper if V8 has cut off its function', () => {
    expect(folded(profileOf([{ frame: '@/app.js:10:2', samples: [16] }]))).toEqual(['16 12:3 - line']);
  });

  it('does not fold into the function of another script', () => {
    const wrapper = { frame: '@/app.js:10:2', samples: [16] };
    const profile = profileOf([{ frame: 'other@/lib.js:0:0', scriptId: '8', children: [wrapper] }]);
    expect(folded(profile)).toEqual(['16 1:1 other function > 12:3 - line']);
  });

  it('leaves out allocations of the instrumentation itself', () => {
    expect(folded(profileOf([{ frame: '@/app.js:99:2', samples: [16] }]))).toEqual([]);
  });

  it('folds a frame of our own code from which the program is called', () => {
    const program = { frame: 'p@/lib.js:0:0', samples: [16] };
    const profile = profileOf([{ frame: 'compile@/own/compile-step.js:3:0', scriptId: '9', samples: [8], children: [program] }]);
    expect(folded(profile, { codeOf: (name) => (name.startsWith('/own/') ? 'folded' : 'program') })).toEqual([
      '8 0:0 - function',
      '16 1:1 p function',
    ]);
  });
});
