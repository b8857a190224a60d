import type { Programs } from './programs.js';
import { deeper, inArrow, inFunction, type Scope } from './scope.js';

type Producer = (p: Programs, scope: Scope) => string;

function declared(p: Programs, s: Scope): string {
  const name = p.fresh();
  return `${p.one(['let', 'const', 'var'])} ${p.one([
    () => `${name} = ${p.gap()}${p.expression(s)}`,
    () => `${name} = ${p.functionLiteral(s)}`,
    () => `[${name} = ${p.expression(s)}, ...${p.fresh()}] = ${p.gap()}${p.one(['f', 'c', `f.m(${p.list(s)})`])}`,
    () => `{ x: ${name} = ${p.functionLiteral(s)}, [${p.expression(s)}]: ${p.fresh()} } = ${p.reference(s)}`,
    () => `${name} = ${p.expression(s)},${p.gap()}${p.fresh()} = ${p.gap()}${p.expression(s)}`,
  ])()}${p.end()}${p.tape.chance(3) ? `fns.push(() => ${name})` : `f(${name}, ${p.expression(s)}, ${name})`}${p.end()}`;
}

/**
 * A function with a few variables of its own. None is read before its `var`, because V8 of Node 20 to 26 then loses the variable in
 * `function () { try { let l = (m); var m = (a = (class { n(u = (m)) {} })); return m } catch {} }`, which returns undefined.
 */
function ownNames(p: Programs, s: Scope): string {
  const inside = inFunction(s, { names: ['x', 'y', 'l', 'm'], depth: 1 });
  const declared = `let l = ${p.expression({ ...inside, names: ['x', 'y', 'l'] })}\n;var m = ${p.expression(inside)}`;
  const statements = `${declared}\n;${statement(p, inside)} ${statement(p, inside)}`;
  return `log((function (x, ${p.one(['y', 'y = [x]'])}) { try { ${statements} log(x, y, l, m) } catch (e) { log(e) } return f(x, y) })(1, ${p.one(['2', '[2]', 'f'])}))${p.end()}`;
}

const SIMPLE: readonly Producer[] = [
  (p, s) => `t(${p.label()}, ${p.expression(s)})${p.end()}`,
  (p, s) => `(${p.expression(s)})${p.end()}`,
  (p, s) => `a = ${p.gap()}${p.expression(s)}${p.end()}`,
  (p, s) => `f(${p.expression(s)})\n[${p.expression(s)}].x${p.end()}`,
  (p, s) => `b = x => {}\n;(${p.expression(s)})${p.end()}`,
  (p, s) => `c = x => {}\n[${p.expression(s)}].x${p.end()}`,
  (p, s) => `o.y = x => {}\n(${p.expression(s)})${p.end()}`,
  (p, s) => `f.y = async x => {}\n[${p.expression(s)}].x${p.end()}`,
  (p, s) => `var h = o.y = a => {}\n/x/.exec(${p.expression(s)})${p.end()}`,
  (p) => `eval('var ev = ' + ${p.label()})${p.end()}log(typeof ev)${p.end()}`,
  (p, s) => `a++\n[f(${p.expression(s)})].x${p.end()}`,
  (p, s) => `f()\n++a\nf(${p.expression(s)})${p.end()}`,
  (p, s) => `var g = a => {}\n/x/.exec(${p.expression(s)})${p.end()}`,
  (p, s) => `'not a directive'\nf(${p.expression(s)})${p.end()}`,
  (p, s) => `[a, b] = [${p.expression(s)}, 2]${p.end()}`,
  (p, s) => (s.inFunction && !s.initialiser ? `return ${p.expression(s)}${p.end()}` : `;${p.expression(s).replace(/^\{/, '({')}${p.end()}`),
  (p, s) => (s.inFunction && !s.initialiser ? `return\n(${p.expression(s)})${p.end()}` : ''),
  (p, s) => `throw f(${p.expression(s)})${p.end()}`,
  (p, s) =>
    s.loop ? `${p.one(['break', 'continue'])}${s.label ? p.one(['', ` ${s.label}`]) : ''}${p.end()}` : `debug: f(${p.list(s)})${p.end()}`,
];

const LOOPS: readonly Producer[] = [
  (p, s) =>
    `for (let i = (burn(), 0), q = () => i; i < 3; ${p.one(['i++', `t(${p.label()}, i++)`])}) { fns.push(() => i, q); ${inLoop(p, s, ['i'])} }\n`,
  (p, s) =>
    `for (const x of ${p.one(['f', 'c', `[${p.list(s)}]`, `f.m(${p.list(s)})`])}) { burn(); fns.push(() => x); ${inLoop(p, s, ['x'])} }\n`,
  (p, s) => `for (var k in ${p.one(['o', 'c', `f(${p.list(s)})`])}) f(k, ${p.expression(s)})${p.end()}`,
  (p, s) =>
    `for (${p.one(['o.x', 'c[0]', `f(${p.list(s)}).z`, '[a, b]', `{ x: a = ${p.expression(s)} }`])} of ${p.one(['f', '[[1, 2], f]'])}) ${inLoop(p, s, [])}\n`,
  (p, s) => `{ let n = 0; while (n++ < 3 && t(${p.label()}, ${p.expression(s)})) ${braced(p, s)} }\n`,
  (p, s) => `{ let n = 0; do f(n, ${p.expression(s)})\nwhile (n++ < 2) f() }\n`,
  (p, s) => `L${p.label()}: for (;;) { burn(); ${p.one(SIMPLE)(p, { ...s, loop: true })} break }\n`,
  (p, s) => (s.async && !s.initialiser ? `for await (const x of ${p.one(['f', `[${p.list(s)}]`])}) { ${inLoop(p, s, ['x'])} }\n` : ''),
];

function inLoop(p: Programs, scope: Scope, names: readonly string[]): string {
  return braced(p, { ...scope, loop: true, names: [...scope.names, ...names] });
}

function braced(p: Programs, scope: Scope): string {
  return `{ ${statement(p, deeper(scope))} }`;
}

const COMPOUND: readonly Producer[] = [
  (p, s) => `if (${p.expression(s)})\n f(${p.list(s)})\n else\n ${p.one(['a', 'b'])} = ${p.expression(s)}${p.end()}`,
  (p, s) => `if (${p.expression(s)}) ${braced(p, s)} else ${braced(p, s)}\n`,
  (p, s) =>
    `switch (${p.expression(s)}) { case ${p.expression(s)}: f(${p.list(s)})\n case (${p.expression(s)}): t(${p.label()}, 1)\n f(1)\n break\n default: ${braced(p, s)} }\n`,
  (p, s) =>
    `switch (${p.one(['1', '2', '3'])}) { case 1: ${declared(p, s)} case 2: f(${p.recent()})\n ${declared(p, s)} default: f(${p.recent()}, ${p.recent()}) }\n`,
  (p, s) => `for (const ${p.fresh()} of f(${p.recent()}, ${p.expression(s)})) f(${p.recent()}, ${p.expression(s)})${p.end()}`,
  (p, s) => `{ ${statement(p, deeper(s))} ${declared(p, s)} ${statement(p, deeper(s))} f(${p.recent()}, [${p.recent()}])\n }\n`,
  (p, s) =>
    `(function () { ${declared(p, inFunction(s))} ${statement(p, inFunction(s))} f(${p.recent()})\n ${declared(p, inFunction(s))} f(${p.recent()}, ${p.recent()}) })()${p.end()}`,
  (p, s) =>
    `((x, y) => { ${declared(p, inArrow(s))} ${statement(p, inArrow(s, { names: [...s.names, 'x', 'y'] }))} return f(x, y, ${p.recent()}) })(1, 2)${p.end()}`,
  (p, s) =>
    `try ${braced(p, s)} catch ({ message, x = ${p.expression(s)} }) { log(message); ${statement(p, deeper(s))} } finally { f(${p.list(s)}) }\n`,
  (p, s) => `try { return_; } catch (e) { f(${p.list(s)}) }\n`,
  (p, s) =>
    s.strict || s.inClass
      ? braced(p, s)
      : `with (o) { ${p.one(['m(1)', 'x = 2', `m(${p.list(s)})`, 'f(x, m)'])}\n ${statement(p, deeper(s))} }\n`,
  (p, s) => `function fn${p.label()}(x = ${p.expression(inFunction(s))}) { ${p.body(inFunction(s))} }\n`,
  (p, s) => `${p.classLiteral(s, `C${p.label()}`)}\n`,
  (p, s) => `{ class D { static x = ${p.expression({ ...inFunction(s), initialiser: true, strict: true, inClass: false })} } f(D.name) }\n`,
  (p, s) => `for (const y of (function* () { ${p.body(inFunction(s, { generator: true }))} })()) { burn(); log('yielded', y) }\n`,
  (p, s) =>
    `(async () => { ${p.body(inArrow(s, { async: true, names: s.names }))} })().then((v) => log('resolved', v), (e) => log('rejected', e))${p.end()}`,
  (p, s) =>
    `(async function* () { ${p.body({ ...inFunction(s), async: true, generator: true })} })().next(${p.list(s)}).then((v) => log('step', v), (e) => log('rejected', e));\n`,
  (p, s) =>
    `outer: for (const x of [1, 2]) { for (const y of [3, 4]) { burn(); ${p.one(SIMPLE)(p, { ...s, loop: true, label: 'outer' })} } }\n`,
];

const KINDS: readonly (readonly Producer[])[] = [SIMPLE, [declared], LOOPS, SIMPLE, COMPOUND, [declared], COMPOUND, [ownNames]];

export function statement(p: Programs, scope: Scope): string {
  if (scope.depth > 4 || p.tape.isAtEnd) return p.one(SIMPLE)(p, deeper(scope));
  return p.one(p.one(KINDS))(p, deeper(scope));
}
