import { describe, expect, it } from '@jest/globals';
import { RowInterner } from '../../../src/model/row-interner.js';
import { StackTableBuilder, tracebackAt } from '../../../src/model/stack-table.js';

describe('StackTableBuilder', () => {
  it('keeps each distinct location and traceback once and gives them back', () => {
    const builder = new StackTableBuilder();
    const at = (file: string, lineno: number) =>
      builder.location({ file: builder.filename(file), lineno, column: 4, name: builder.functionName('f'), isLine: true });
    const [a, b] = [at('/a.js', 1), at('/b.js', 2)];
    expect(at('/a.js', 1)).toBe(a);
    const deep = builder.traceback([a, b], 0, 2, 9);
    const short = builder.traceback([a, b], 1, 2, 1);
    expect(builder.traceback([a, b], 0, 2, 9)).toBe(deep);
    expect(builder.traceback([a, b], 0, 2, 2)).not.toBe(deep);
    const table = builder.build();
    expect(table.filenames).toEqual(['/a.js', '/b.js']);
    expect([...table.tracebackStart]).toEqual([0, 2, 3, 5]);
    expect(tracebackAt(table, deep).frames.map(String)).toEqual(['/a.js:1', '/b.js:2']);
    expect(tracebackAt(table, deep).totalFrames).toBe(9);
    expect(tracebackAt(table, short).frames[0]).toMatchObject({ column: 4, functionName: 'f', precision: 'line' });
  });
});

describe('RowInterner', () => {
  it('numbers rows in order of first sight, through every growth', () => {
    const rows = new RowInterner();
    for (const pass of [1, 2]) for (let i = 0; i < 5000; i++) expect([pass, rows.intern([i, 7, i * i], 0, 3)]).toEqual([pass, i]);
    expect(rows.intern([1, 7], 0, 2)).toBe(5000);
    expect(rows.intern([0xffffffff], 0, 1)).toBe(5001);
    expect(rows.intern([0, 0xffffffff], 1, 2)).toBe(5001);
    expect(rows.size).toBe(5002);
  });
});
