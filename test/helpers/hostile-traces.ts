import type { TraceInput } from '../../src/snapshot/from-traces.js';

/** Each of these has a special meaning in a format, a terminal, a spreadsheet or a browser. */
export const HOSTILE_NAMES = [
  '＝cmd()',
  ' ＋cmd()',
  'a;b',
  'a,b "c" \'d\'',
  'line\nbreak\r\n12',
  'a|b`c``d',
  '`',
  '=cmd()',
  '+1',
  '-1+1',
  '@SUM(1)',
  '\tx',
  '</script><img src=x onerror=alert(1)>',
  '\u001b]0;owned\u0007\u009b31m',
  'half\ud83d',
  '\ud800',
  '\u202eesrever\u2028',
  '\0',
  '(anonymous)',
  '{"size":1}',
  ' 12',
  'x'.repeat(10_000),
  'größe 数据 😀',
  '__proto__',
  'constructor',
] as const;

/** One stack for each name, which is its file, function, type, thread and label. Sizes count up from 1001. */
export function hostileTraces(): TraceInput[] {
  return HOSTILE_NAMES.map((name, index) => ({
    size: 1001 + index,
    count: 1 + index,
    type: name,
    thread: name,
    label: name,
    frames: [
      { filename: '/app/main.js', lineno: 1, column: 1, functionName: 'main' },
      { filename: `/app/${name}.js`, lineno: index + 1, column: 2, functionName: name },
    ],
  }));
}
