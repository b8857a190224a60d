import { describe, expect, test } from '@jest/globals';
import { positionLookup } from '../../../../src/lines/table/position-table.js';
import { transform } from '../../../../src/lines/transform/transform.js';

const commonJs = (source: string) => transform(source, { sourceType: 'commonjs' });

describe('the wrapped expressions', () => {
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
    ['code without allocations', 'var a = 1, b = a;\nif (a < b && !c.d) b = a === 2 ? c.d : -1;\na++;\nlabel: for (;;) break label;'],
    ['a program on one line', 'f(1); g([2], () => { h({}) });'],
    ['functions that allocate on one line', 'function g(a) {\n  if (a) return 1;\n  return f(a);\n}\nfunction h() { f(1); f(2); }'],
    ['a function that takes a name', 'var a = () => {},\n  b = class {};'],
    ['anything around a direct eval', 'f(1, eval(x),\n  y);'],
    ['a loop that disposes', '{ for (using a = f(1);\n  g(2);\n  h(3)) {\n  i(4);\n} }'],
    ['a table of constants', `var a = [\n${'  [1, "x"],\n'.repeat(80)}]`.replace('[\n', '[ // one copy\n')],
  ])('nothing in %s', (name, source) => {
    const { code, positions: table } = commonJs(source);
    if (name.includes('table')) expect(table.wrappers.length / 4).toBe(1);
    else expect(code).toBe(source);
  });
});

describe('with labels', () => {
  const labelled = (source: string, isRunning = false) => transform(source, { sourceType: 'commonjs', isRunning, labels: true }).code;

  test.each([
    ['the only line of a function', 'var g = (a) => {\n  return [a];\n};', 'var g = (a) => {\n  return __ntm__()((a) => [a], a);\n};'],
    ['what stands directly after a word', 'function g() {\n  return[1];\n}', 'function g() {\n  return __ntm__()(() => [1]);\n}'],
    ['an object', 'function g() {\n  return {};\n}', 'function g() {\n  return __ntm__()(() => ({}));\n}'],
    ['a `with`, without one', 'with (a) f(1);\nf(2);', 'with (a) (() => f(1))();\n__ntm__()(() => f(2));'],
    ['nothing if the name has a meaning', 'var __ntm__ = 1;\nf(1);\nf(2);', 'var __ntm__ = 1;\n(() => f(1))();\n(() => f(2))();'],
  ])('%s', (_name, source, expected) => {
    expect(labelled(source)).toBe(expected);
  });

  test.each([
    ['eight variables', 'a, b, c, d, e, h, i, j', '__ntm__()'],
    ['more, by another way', 'a, b, c, d, e, h, i, j, k', '__ntm__().all'],
  ])('%s', (_name, names, call) => {
    const expected = `function g(${names}) {\n  return ${call}((${names}) => [${names}], ${names});\n}`;
    expect(labelled(`function g(${names}) {\n  return [${names}];\n}`)).toBe(expected);
  });

  test('a script that runs', () => {
    const expected = 'function f(a) {\n  __ntm__()((a) => g(a), a);\n  return __ntm__()((a) => [a], a);\n}';
    expect(labelled('function f(a) {\n  g(a);\n  return[a];\n}', true)).toBe(expected);
  });
});

describe('a script that runs, on a V8 that loses constructors', () => {
  const problemOf = (source: string) =>
    transform(source, { sourceType: 'commonjs', isRunning: true, losesConstructors: true }).problem ?? null;
  const EDITED = 'function g(a) {\n  f(a);\n  f([a]);\n}';

  test.each([
    ['a field', 'function mk() { return class { a = 1; }; }'],
    ['a field of its own', 'const mk = () => class extends B { a; m() {} };'],
    ['a private field', 'const o = { mk() { class A { #a = 1; } return A; } };'],
  ])('stays if a class in a function has %s', (_name, source) => {
    expect(problemOf(`${EDITED}\n${source}`)).toMatch(/would lose the constructor of a class in it/);
  });

  test.each([
    ['at the top level', 'class A { a = 1; }'],
    ['with a constructor', 'function mk() { return class { a = 1; constructor() {} }; }'],
    ['with static fields alone', 'function mk() { return class { static a = 1; static {} }; }'],
    ['with methods alone', 'function mk() { return class { #p() {} m() {} }; }'],
  ])('is edited if it has a class %s', (_name, source) => {
    expect(problemOf(`${EDITED}\n${source}`)).toBeNull();
  });
});

describe('a script that runs', () => {
  const running = (source: string) => transform(source, { sourceType: 'module', isRunning: true }).code;

  test.each([
    ['the top level', 'f(1);\nf(2);'],
    ['fields', 'class A {\n  a = [1,\n    [2]];\n  static b = [1,\n    [2]];\n}'],
    ['a static block', 'class A {\n  static {\n    f(1);\n    f(2);\n  }\n}'],
    ['the end of an arrow without braces', 'const f = (a) => [a,\n  a];'],
    ['the same in parentheses', 'export const f = (a) => ({\n  a,\n});'],
    ['what only characters of a wrapper follow', 'const f = (a) => g({\n  a,\n}, a);'],
  ])('%s stays', (_name, source) => {
    expect(running(source)).toBe(source);
  });

  test.each([
    ['an arrow in a field', 'class A {\n  f = () => {\n    g(1);\n    g(2);\n  };\n}', 'g(1)'],
    ['the middle of an arrow without braces', 'const f = () => [\n  [1],\n];', '[1]'],
    ['a part with another character behind it', 'const f = (a) => ({\n  a: [1],\n});', '[1]'],
    ['a method', 'class A {\n  f() {\n    g(1);\n    g(2);\n  }\n}', 'g(1)'],
  ])('%s changes', (_name, source, wrapped) => {
    expect(running(source)).toContain(`(() => ${wrapped})()`);
  });
});

test('of a script that runs, only lines of functions change if V8 saw more', () => {
  const source = 'export function f(a) { const b = [a];\n  g(1);\n  const h = () => [\n    [a],\n  ];\n  return [b,\n    h]; } g(2);';
  const { code } = transform(source, { sourceType: 'module', isRunning: true, innerLinesOnly: true });
  const changed = code.split('\n').flatMap((line, i) => (line === source.split('\n')[i] ? [] : [i + 1]));
  expect(changed).toEqual([2, 4]);
});

test('more variables than a function takes parameters are not handed over (long)', () => {
  const names = Array.from({ length: 70_000 }, (_, i) => `v${i}`);
  const { code } = commonJs(`const ${names.map((name) => `${name} = 1`).join(', ')};\nmodule.exports = {\n${names.join(',\n')}};\nx`);
  expect(code.includes('(() => module.exports = {')).toBe(true);
  expect(() => new Function('module', code)).not.toThrow();
});

describe('positions', () => {
  test('a wrapper stands for the line on which it allocates, even if it begins on another one', () => {
    const { code, positions: table } = commonJs('x = a\n  .b([])\n  .c();\ny');
    const { wrapperAt, originalPosition } = positionLookup(table);
    expect(code).toBe('x = (() => (() => a\n  .b([]))()\n  .c())();\ny');
    expect(wrapperAt(0, code.indexOf('() =>'))).toEqual({ line: 3, column: 4 });
    expect(wrapperAt(0, code.indexOf('() => a'))).toEqual({ line: 2, column: 4 });
    expect(wrapperAt(0, 0)).toBe(undefined);
    expect(originalPosition(0, code.indexOf('a'))).toEqual({ line: 1, column: 5 });
    expect(originalPosition(0, 4)).toEqual({ line: 1, column: 5 });
    expect(originalPosition(1, 3)).toEqual({ line: 2, column: 4 });
    expect(originalPosition(2, 3)).toEqual({ line: 3, column: 4 });
  });

  test('a function whose allocations are all on one line stands for that line', () => {
    const { positions: table } = commonJs('f(1);\nfunction g(a) {\n  if (a) return;\n  return [a];\n}');
    expect(positionLookup(table).functionAt(1, 10)).toEqual({ line: 4, column: 3 });
    expect(positionLookup(table).functionAt(3, 10)).toBe(undefined);
  });

  test.each([
    ['an operator', 'x = s // a + b\n  + t\ny'],
    ['an operator in parentheses', 'x = (s /* + */) /*\n */ + t\ny'],
    ['a call without a name', 'x = a["b"]\n  (1)\ny'],
    ['a call with a name in parentheses', 'x = (a.b\n  )(1)\ny'],
    ['an optional call', 'x = a?.b // ?.(\n  ?.(1)\ny'],
  ])('comments and lines before %s', (_name, source) => {
    const { wrappers } = commonJs(source).positions;
    expect(wrappers.slice(2, 3)).toEqual([1]);
  });

  test.each(['function /* ( */ g // (\n  ', 'x = function /* ( */ // (\n  ', 'x = { g /* ( */\n  '])(
    'comments before the parameters: %s',
    (head) => {
      const { positions: table } = commonJs(`${head}() {\n  return [1];\n}${head.includes('{') ? ' }' : ''}\ny`);
      expect(positionLookup(table).functionAt(1, 2)).toEqual({ line: 3, column: 3 });
    },
  );

  test.each(['\n', '\r\n', '\r', '\u2028', '\u2029'])('lines end where V8 ends them: %j', (end) => {
    const { positions: table } = commonJs(`// comment${end}f(1)${end}x`);
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
      positions: { wrappers: [], functions: [], edits: [] },
      bodyStart: -1,
      problem: expect.stringMatching(problem),
    });
  });

  test('wrappers are nested no deeper than V8 can parse', () => {
    const { code, problem } = commonJs(`var f = (x) => x;\nf(${'\nf('.repeat(300)}${')'.repeat(301)}`);
    expect(problem).toBe(undefined);
    expect(() => new Function(code)()).not.toThrow();
  });

  test.each([
    ['one line of functions', (times: number) => 'function a(b){return b.c("d",{e:b+1})||[b]}'.repeat(5 * times)],
    ['one literal', (times: number) => `x = [\n${'f(1),'.repeat(20 * times)}]`],
  ])(
    '%s takes a time that grows with the text (long)',
    (_name, text) => {
      const msOf = (times: number) => {
        const source = text(times);
        const started = performance.now();
        expect(commonJs(source).problem).toBe(undefined);
        return performance.now() - started;
      };
      msOf(100); // lets V8 compile the measured code
      expect(msOf(3000)).toBeLessThan(60 * msOf(250)); // quadratic time would be 144 times
    },
    120_000,
  );
});
