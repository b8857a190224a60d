import { describe, expect, test } from '@jest/globals';
import { sites } from '../../../src/lines/sites.js';
import { transform } from '../../../src/lines/transform.js';

const commonJs = (source: string) => transform(source, { sourceType: 'commonjs' });

describe('what is wrapped', () => {
  test.each([
    ['several lines of one function', 'function g() {\n  f(1);\n  f(2);\n}', 'function g() {\n  (() => f(1))();\n  (() => f(2))();\n}'],
    ['a call and its arguments on other lines', 'f(a,\n  [b],\n  c)\nx', '(() => f(a,\n  (() => [b])(),\n  c))();\nx'],
    ['a member and its value', 'var o = {\n  a: f(),\n  b: 1,\n};\nx', 'var o = (() => ({\n  a: (() => f())(),\n  b: 1,\n}))();\nx'],
    ['the links of a chain', 'a.b()\n  .c()\n  .d;\nx', '(() => (() => a.b())()\n  .c())()\n  .d;\nx'],
    ['the object of a member on its own', 'f(1)\n  .b.c;\nx', '(() => f(1))()\n  .b.c;\nx'],
    [
      'strings, not sums',
      'for (;;) {\n  i += 1;\n  s += "a";\n  f.x = i * 2;\n}',
      'for (;;) {\n  i += 1;\n  (() => s += "a")();\n  f.x = i * 2;\n}',
    ],
    [
      'a sum where it would count on a foreign line',
      'for (;;) {\n  f(a,\n    i * 2);\n}',
      'for (;;) {\n  (() => f(a,\n    (() => i * 2)()))();\n}',
    ],
    [
      'the operands of await',
      'var g = async () => {\n  await f(1);\n  g(await [2], 3);\n}',
      'var g = async () => {\n  await (() => f(1))();\n  g(await (() => [2])(), 3);\n}',
    ],
  ])('%s', (_name, source, expected) => {
    expect(commonJs(source)).toMatchObject({ code: expected });
  });

  test.each([
    ['what cannot allocate', 'var a = 1, b = a;\nif (a < b && !c.d) b = a === 2 ? c.d : -1;\na++;\nlabel: for (;;) break label;'],
    ['a program on one line', 'f(1); g([2], () => { h({}) });'],
    ['functions that allocate on one line', 'function g(a) {\n  if (a) return 1;\n  return f(a);\n}\nfunction h() { f(1); f(2); }'],
    ['a function that takes a name', 'var a = () => {},\n  b = class {};'],
    ['anything around a direct eval', 'f(1, eval(x),\n  y);'],
    ['a table of constants', `var a = [\n${'  [1, "x"],\n'.repeat(80)}]`.replace('[\n', '[ // one copy\n')],
  ])('nothing in %s', (name, source) => {
    const { code, sites: table } = commonJs(source);
    if (name.includes('table')) expect(table.wrappers.length / 4).toBe(1);
    else expect(code).toBe(source);
  });
});

describe('sites', () => {
  test('a wrapper stands for the line on which it allocates, which may not be the one it begins on', () => {
    const { code, sites: table } = commonJs('x = a\n  .b([])\n  .c();\ny');
    const { wrapperAt, originalPosition } = sites(table);
    expect(code).toBe('x = (() => (() => a\n  .b([]))()\n  .c())();\ny');
    expect(wrapperAt(0, code.indexOf('() =>'))).toEqual({ line: 3, column: 4 });
    expect(wrapperAt(0, code.indexOf('() => a'))).toEqual({ line: 2, column: 4 });
    expect(wrapperAt(0, 0)).toBe(undefined);
    expect(originalPosition(0, code.indexOf('a'))).toEqual({ line: 1, column: 5 });
    expect(originalPosition(0, 4)).toEqual({ line: 1, column: 5 });
    expect(originalPosition(1, 3)).toEqual({ line: 2, column: 4 });
    expect(originalPosition(2, 3)).toEqual({ line: 3, column: 4 });
  });

  test('a function whose allocations are all on one line', () => {
    const { sites: table } = commonJs('f(1);\nfunction g(a) {\n  if (a) return;\n  return [a];\n}');
    expect(sites(table).functionAt(1, 10)).toEqual({ line: 4, column: 3 });
    expect(sites(table).functionAt(3, 10)).toBe(undefined);
  });

  test.each(['\n', '\r\n', '\r', '\u2028', '\u2029'])('lines end as V8 has it: %j', (end) => {
    const { sites: table } = commonJs(`// comment${end}f(1)${end}x`);
    expect(table.wrappers).toEqual([1, 1, 1, 0]);
  });
});

describe('bad input is left as it is, with a reason', () => {
  test.each([
    ['nonsense', 'var = 1', /^does not parse: Unexpected token \(1:4\)$/],
    ['a decorator', '@dec class A {}', /^does not parse/],
    ['20,000 nested brackets', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, /too deep|stack/],
    ['20,000 nested calls', `f(${'f('.repeat(20_000)}${')'.repeat(20_001)}`, /too deep|stack/],
    ['a sum of 20,000', `a${' + a'.repeat(20_000)}`, /too deep|stack/],
    ['20,000 links', `a${'\n.b()'.repeat(20_000)}`, /too deep|stack/],
    ['20,000 blocks', `${'{'.repeat(20_000)}${'}'.repeat(20_000)}`, /too deep|stack/],
  ])('%s', (_name, source, problem) => {
    expect(commonJs(source)).toEqual({
      code: source,
      sites: { wrappers: [], functions: [], edits: [] },
      bodyStart: -1,
      problem: expect.stringMatching(problem),
    });
  });

  test('wrappers are nested only as deep as V8 can parse', () => {
    const { code, problem } = commonJs(`var f = (x) => x;\nf(${'\nf('.repeat(300)}${')'.repeat(301)}`);
    expect(problem).toBe(undefined);
    expect(() => new Function(code)()).not.toThrow();
  });

  test('5 MB on one line, and 100,000 elements, in a time that grows with the text', () => {
    const unit = 'function a(b){return b.c("d",{e:b+1})||[b]}';
    const started = performance.now();
    expect(commonJs(unit.repeat(5_000_000 / unit.length)).problem).toBe(undefined);
    expect(commonJs(`x = [\n${'f(1),'.repeat(150_000)}]`).problem).toBe(undefined);
    expect(performance.now() - started).toBeLessThan(60_000);
  }, 120_000);
});
