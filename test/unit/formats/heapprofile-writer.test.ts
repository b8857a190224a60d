import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalFilename } from '../../../src/collect/stacks/filenames.js';
import { encode, openFile } from '../../../src/formats/index.js';
import { Snapshot, UsageError } from '../../../src/index.js';
import { Filter } from '../../../src/snapshot/filter.js';
import { protocolViolations } from '../../helpers/devtools-protocol.js';
import { hostileTraces } from '../../helpers/hostile-traces.js';
import { importIntoSpeedscope } from '../../helpers/speedscope.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';
import { snapshotFrom } from '../snapshot/picture.js';

afterAll(reapTargets);

const picture = () =>
  snapshotFrom(`
    main@app.js:1   main@app.js:1   main@app.js:1   <GC>:0
    load@app.js:9   load@app.js:9   -               -
    100             28              7               64
  `);

function written(snapshot: Snapshot): Buffer {
  return Buffer.concat([...encode(snapshot, 'heapprofile')]);
}

describe('a .heapprofile', () => {
  it('is a tree of call frames with 0-based positions, and its samples', () => {
    const profile = JSON.parse(written(picture()).toString());
    const frame = (functionName: string, lineNumber: number) => ({
      functionName,
      scriptId: '1',
      url: '/app/app.js',
      lineNumber,
      columnNumber: -1,
    });
    const pseudo = (functionName: string) => ({ functionName, scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 });
    expect(profile).toEqual({
      head: {
        callFrame: pseudo('(root)'),
        selfSize: 0,
        id: 1,
        children: [
          {
            callFrame: frame('main', 0),
            selfSize: 7,
            id: 2,
            children: [{ callFrame: frame('load', 8), selfSize: 128, id: 3, children: [] }],
          },
          { callFrame: pseudo('(GC)'), selfSize: 64, id: 4, children: [] },
        ],
      },
      samples: [
        { size: 100, nodeId: 3, ordinal: 1 },
        { size: 28, nodeId: 3, ordinal: 2 },
        { size: 7, nodeId: 2, ordinal: 3 },
        { size: 64, nodeId: 4, ordinal: 4 },
      ],
    });
  });

  it('has every field that the DevTools protocol requires', () => {
    const violations = (document: unknown) => protocolViolations(document, 'HeapProfiler.SamplingHeapProfile');
    expect(violations(JSON.parse(written(picture()).toString()))).toEqual([]);
    expect(violations(JSON.parse(written(Snapshot.fromTraces(hostileTraces())).toString()))).toEqual([]);
    expect(violations({ head: { callFrame: {}, selfSize: '1', children: [] }, samples: [] })).toContain(
      'SamplingHeapProfile.head/SamplingHeapProfileNode.selfSize is no number',
    );
  });

  it('is drawn by speedscope', async () => {
    const [profile] = (await importIntoSpeedscope('x.heapprofile', written(picture())))!;
    expect(profile).toMatchObject({ unit: 'bytes', total: 199 });
    expect(profile!.frames.map((frame) => [frame.name, frame.getSelfWeight(), frame.getTotalWeight()])).toEqual(
      expect.arrayContaining([
        ['main', 7, 135],
        ['load', 128, 128],
        ['(GC)', 64, 64],
      ]),
    );
  });

  it('holds nothing that was filtered away', () => {
    const snapshot = Snapshot.fromTraces([
      { size: 1, frames: [['/app/secret.js', 1]] },
      { size: 2, frames: [['/app/open.js', 1]] },
    ]);
    expect(written(snapshot.filterTraces([new Filter(false, '*secret*')])).toString()).not.toContain('secret');
  });

  it('may be as deep as the deepest stack that is kept', () => {
    const frames = Array.from({ length: 65_535 }, (_, i) => ['/app/a.js', i + 1] as const);
    expect(() => written(Snapshot.fromTraces([{ size: 8, frames }]))).not.toThrow();
  });

  it('cannot hold a difference, and says so before anything is written', () => {
    expect(() => encode(picture(), 'heapprofile', { old: picture() })).toThrow(UsageError);
  });

  it('keeps any name and position', () => {
    const path = join(temporaryFolder(), 'profile');
    const name = fc.string({ unit: fc.oneof(fc.constantFrom('<', '>', '(', ')', '\ud800', '\n', '"', '/'), fc.string({ minLength: 1 })) });
    const frame = fc.record({
      filename: name.filter((text) => normalFilename(text) === text && text !== '<root>'),
      lineno: fc.oneof(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 3), fc.nat(1000)),
      column: fc.nat(3),
      functionName: name,
    });
    const trace = fc.record({ size: fc.nat(2 ** 31 + 1000), frames: fc.array(frame, { minLength: 1, maxLength: 4 }) });
    fc.assert(
      fc.property(fc.array(trace, { maxLength: 5 }), (traces) => {
        writeFileSync(path, written(Snapshot.fromTraces(traces)));
        const again = openFile(path).traces.map(({ size, traceback }) => ({
          size,
          frames: traceback.frames.map(({ filename, lineno, column, functionName }) => ({ filename, lineno, column, functionName })),
        }));
        expect(again).toEqual(traces);
      }),
      { numRuns: 300 },
    );
  });
});
