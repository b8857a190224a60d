import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { encode } from '../../../src/formats/index.js';
import { Snapshot } from '../../../src/index.js';
import type { TraceInput } from '../../../src/snapshot/from-traces.js';
import { hasProgram, outputOf } from '../../helpers/foreign-programs.js';
import { HOSTILE_NAMES, hostileTraces } from '../../helpers/hostile-traces.js';
import { providePackages } from '../../helpers/provide.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

const modules = join(await providePackages('readers'), 'node_modules');

const main = { filename: '/app/main.js', lineno: 1, column: 1, functionName: 'main' };
const load = { filename: '/app/load.js', lineno: 7, column: 15, functionName: 'load', precision: 'line' as const };
const OLD: TraceInput[] = [{ size: 1000, count: 10, frames: [main, load] }];
const NEW: TraceInput[] = [
  { size: 5000, count: 50, frames: [main, load] },
  { size: 4096, domain: 1, type: 'Buffer', thread: 'worker 1', label: 'GET /a', totalFrames: 9, frames: [main] },
];

function written(format: string, traces: TraceInput[], old?: TraceInput[]): string {
  const options = old && { old: Snapshot.fromTraces(old) };
  return Buffer.concat([...encode(Snapshot.fromTraces(traces), format, options)]).toString();
}

const python = hasProgram('python3', ['--version'], 'CSV and JSON lines') ? describe : describe.skip;

python("CSV, as Python's csv reads it", () => {
  const rows = (text: string): Record<string, string>[] => {
    const code =
      'import csv,io,json,sys; print(json.dumps(list(csv.DictReader(io.TextIOWrapper(sys.stdin.buffer, "utf-8", newline=""), strict=True))))';
    return JSON.parse(outputOf('python3', ['-c', code], Buffer.from(text)));
  };

  it('has a row for each stack, domain, type, thread and label', () => {
    expect(rows(written('csv', NEW))).toEqual([
      {
        size: '5000',
        count: '50',
        standard_error: '0',
        count_standard_error: '0',
        domain: '0',
        type: '',
        thread: 'main',
        label: '',
        filename: '/app/load.js',
        lineno: '7',
        column: '15',
        function: 'load',
        precision: 'line',
        traceback: 'main (/app/main.js:1);load (/app/load.js:7)',
      },
      expect.objectContaining({
        size: '4096',
        count: '1',
        domain: '1',
        type: 'Buffer',
        thread: 'worker 1',
        label: 'GET /a',
        traceback: 'main (/app/main.js:1)',
      }),
    ]);
  });

  it('a difference adds the changes (long)', () => {
    const changes = rows(written('csv', NEW, OLD)).map(({ size, size_diff, count_diff }) => [size, size_diff, count_diff]);
    expect(changes).toEqual([
      ['4096', '4096', '1'],
      ['5000', '4000', '40'],
    ]);
  });

  it('hostile names stay in their cells, and no cell is a formula', () => {
    const read = rows(written('csv', hostileTraces()));
    expect(read.map(({ size }) => size)).toEqual(HOSTILE_NAMES.map((_, index) => `${1001 + index}`).reverse());
    for (const row of read) {
      expect(Object.keys(row)).toHaveLength(14);
      for (const cell of Object.values(row)) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠\t\r]/);
    }
    expect(read.map((row) => row.function)).toEqual(
      expect.arrayContaining(["'=cmd()", `a,b "c" 'd'`, 'line\\u{a}break\\u{d}\\u{a}12', 'x'.repeat(10_000)]),
    );
  });
});

python("JSON lines, as Python's json.tool reads them", () => {
  const documents = (text: string): Record<string, unknown>[] => {
    const path = join(temporaryFolder(), 'x.jsonl');
    writeFileSync(path, text);
    return outputOf('python3', ['-m', 'json.tool', '--json-lines', '--compact', path])
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };

  it('has all fields of a row (long)', () => {
    const documentsOf = documents(written('json', NEW));
    expect(documentsOf).toEqual([
      {
        size: 5000,
        count: 50,
        countStandardError: 0,
        standardError: 0,
        domain: 0,
        type: null,
        thread: 'main',
        label: null,
        traceback: { totalFrames: 2, frames: [{ ...main, precision: 'function' }, load] },
      },
      expect.objectContaining({
        size: 4096,
        domain: 1,
        type: 'Buffer',
        thread: 'worker 1',
        label: 'GET /a',
        traceback: expect.objectContaining({ totalFrames: 9 }),
      }),
    ]);
    expect(documents(written('json', NEW, OLD))[1]).toMatchObject({ size: 5000, sizeDiff: 4000, countDiff: 40 });
  });

  it('keeps hostile names as they are', () => {
    const read = documents(written('json', hostileTraces()));
    for (const field of ['type', 'label']) expect(read.map((row) => row[field])).toEqual([...HOSTILE_NAMES].reverse());
  });
});

describe('Markdown, as markdown-it reads it', () => {
  interface Token {
    readonly type: string;
    readonly tag: string;
    readonly content: string;
    readonly children: readonly Token[] | null;
  }
  const MarkdownIt = createRequire(import.meta.url)(join(modules, 'markdown-it'));
  const tokens = (text: string): Token[] => new MarkdownIt({ html: true }).parse(text, {});

  /** The cells of the table, row by row, as text; code without its ticks. */
  function cells(text: string): string[][] {
    const rows: string[][] = [];
    const all = tokens(text);
    for (const [index, { type }] of all.entries()) {
      if (type === 'tr_open') rows.push([]);
      if (type === 'td_open' || type === 'th_open') rows.at(-1)!.push(all[index + 1]!.children!.map(({ content }) => content).join(''));
    }
    return rows;
  }

  it('has the largest lines in a table', () => {
    expect(cells(written('markdown', NEW)).slice(0, 3)).toEqual([
      ['size', '±', 'count', 'line', 'function'],
      ['5000 B', '', '50', '/app/load.js:7', 'load'],
      ['4096 B', '', '1', '/app/main.js:1', 'main'],
    ]);
    expect(cells(written('markdown', NEW, OLD)).slice(0, 3)).toEqual([
      ['change', '±', 'size', 'change of count', 'count', 'line', 'function'],
      ['+4096 B', '', '4096 B', '+1', '1', '/app/main.js:1', 'main'],
      ['+4000 B', '', '5000 B', '+40', '50', '/app/load.js:7', 'load'],
    ]);
  });

  it('has a table of labels if a trace has one', () => {
    expect(cells(written('markdown', NEW)).slice(3)).toEqual([
      ['size', '±', 'count', 'label'],
      ['5000 B', '', '50', '(none)'],
      ['4096 B', '', '1', 'GET /a'],
    ]);
    expect(cells(written('markdown', NEW, OLD)).slice(3)).toEqual([
      ['change', '±', 'size', 'change of count', 'count', 'label'],
      ['+4096 B', '', '4096 B', '+1', '1', 'GET /a'],
      ['+4000 B', '', '5000 B', '+40', '50', '(none)'],
    ]);
    expect(written('markdown', OLD)).not.toContain('## Labels');
  });

  it('says how the snapshot was captured', () => {
    const text = written('markdown', NEW);
    expect(text).toContain('\n- traced 9096 B\n- exact, every block; lines are where functions start.\n');
    expect(text).toContain('\n1. 5000 B in 50 blocks: `load (/app/load.js:7)` < `main (/app/main.js:1)`\n');
  });

  it('hostile names are text in their cells', () => {
    const text = written('markdown', hostileTraces());
    const rows = cells(text);
    expect(rows).toHaveLength(42);
    const [lines, labels] = [rows.slice(0, 21), rows.slice(21)];
    for (const row of lines) expect(row).toHaveLength(5);
    for (const row of labels) expect(row).toHaveLength(4);
    const names = ['</script><img src=x onerror=alert(1)>', 'a\\u{7c}b`c``d', '`', ' 12', '=cmd()'];
    expect(lines.map((row) => row[4])).toEqual(expect.arrayContaining(names));
    expect(labels.map((row) => row[3])).toEqual(expect.arrayContaining(names));
    expect(text).toContain('\n5 more labels: ');
    const inline = tokens(text).flatMap(({ children }) => children ?? []);
    expect(inline.filter(({ type }) => type !== 'text' && type !== 'code_inline')).toEqual([]);
    expect(tokens(text).map(({ type }) => type)).not.toContain('html_block');
    expect(text.length).toBeLessThan(20_000);
  });

  it('a long table ends with the sum of the other rows', () => {
    const traces = Array.from({ length: 30 }, (_, index) => ({ size: 10 + index, frames: [['/app/a.js', index + 1] as const] }));
    expect(written('markdown', traces)).toContain('\n10 more lines: 145 B\n');
    expect(written('markdown', OLD, OLD)).toContain('\nNothing changed.\n');
  });
});
