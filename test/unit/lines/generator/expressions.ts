import type { Programs } from './programs.js';
import { deeper, inArrow, inFunction, type Scope } from './scope.js';

type Producer = (p: Programs, scope: Scope) => string;

const ATOMS: readonly Producer[] = [
  () => '1',
  (p, scope) => p.tape.one(scope.names),
  (p, scope) => p.tape.one(scope.names),
  (p, scope) => p.tape.one(scope.names),
  (p, scope) => p.tape.one(scope.names),
  (p) => p.recent(),
  (p) => p.recent(),
  (p) => `(typeof ${p.recent()})`,
  () => "'s'",
  () => '2.5',
  () => 'null',
  () => 'undefined',
  () => 'true',
  () => '10n',
  () => '/x/g',
  () => '`plain`',
  () => 'this',
  () => '[]',
  () => '({}).x',
  (_p, scope) => (scope.inFunction ? 'new.target' : 'undeclared'),
  (_p, scope) => (scope.inFunction && !scope.initialiser ? 'arguments' : 'typeof undeclared'),
  () => 'f',
];

const CALLS: readonly Producer[] = [
  (p, s) => `t(${p.label()},${p.gap()}${p.expression(s)})`,
  (p, s) => `f(${p.gap()}${p.list(s)})`,
  (p, s) => `${p.reference(s)}${p.line()}.m(${p.list(s)})`,
  (p, s) => `${p.reference(s)}[${p.expression(s)}](${p.list(s)})`,
  (p, s) => `f?.m(${p.list(s)})${p.line()}.self${p.line()}.m(${p.list(s)})`,
  (p, s) => `f.zero?.m(${p.list(s)}).x[${p.expression(s)}]${p.line()}.y(${p.list(s)})`,
  (p, s) => `(f?.m)(${p.list(s)})`,
  (p, s) => `(${p.reference(s)}.m)(${p.list(s)})`,
  (p, s) => `(${p.expression(s)}, ${p.reference(s)}.m)(${p.list(s)})`,
  (p, s) => `(f?.m(${p.list(s)}).m)(${p.list(s)})`,
  (p, s) => `f.m?.(${p.list(s)})?.[${p.line()}${p.expression(s)}]`,
  (p, s) => `new K(${p.gap()}${p.list(s)})${p.line()}.m(${p.list(s)})`,
  (p, s) => `new (f.m(${p.list(s)}).self)(${p.list(s)})`,
  (p, s) => `new f.self.self(${p.list(s)})`,
  (p, s) => `new new K().constructor(${p.list(s)})`,
  (p, s) => `new f.tag\`x\${${p.expression(s)}}\`(${p.list(s)})`,
  (p, s) => `new [K, ${p.expression(s)}][0](${p.list(s)})`,
  (p, s) => `new (class { constructor() { t(${p.label()}, ${p.expression(inFunction(s, { strict: true, inClass: false }))}); } })`,
  (p, s) => `f.tag\`a\${${p.expression(s)}}${p.line()}b\${${p.expression(s)}}\``,
  (p, s) => `f.m(${p.list(s)})${p.line()}.tag\`q\${${p.line()}${p.expression(s)}}\``,
  (p, s) => `K.s(${p.list(s)})${p.line()}.m()${p.line()}.m(${p.line()}${p.list(s)})`,
  (p, s) => `eval(${p.line()}${p.expression(s)})`,
  (p, s) => `f(eval('var ev = ' + ${p.label()} + '; ev'), ${p.expression(s)}, typeof ev)`,
  (p, s) => `(0, eval)('1 + 1')${p.line()}+ ${p.expression(s)}`,
  (p, s) =>
    `c${p.line()}.map((x) =>${p.gap()}${p.expression(inArrow(s, { names: [...s.names, 'x'] }))})${p.line()}.concat(${p.expression(s)})`,
  (p, s) => `(function () { return ${p.expression(inFunction(s))} })${p.one(['()', '.call(f)', '.apply(o, [1])'])}`,
  (p, s) => `delete ${p.reference(s)}${p.one(['.x', '?.x', `[${p.expression(s)}]`, '?.m().x'])}`,
];

/** Reads and writes of the same few variables in one expression. A wrapper may take some of them as parameters, and must not take others. */
const WRITES: readonly Producer[] = [
  (p, s) => `f(${p.one(s.names)}, ${p.one(s.names)} = ${p.expression(s)}, ${p.gap()}[${p.one(s.names)}, ${p.one(s.names)}])`,
  (p, s) =>
    `f(${p.one(s.names)}, (() => (${p.one(s.names)} = ${p.expression(inArrow(s))}))(), ${p.gap()}${p.one(s.names)}, [${p.one(s.names)}])`,
  (p, s) => `[${p.one(s.names)}, f(${p.one(s.names)}++, ${p.one(s.names)}), ${p.gap()}'s' + ${p.one(s.names)}]`,
  (p, s) =>
    `f(${s.inFunction && !s.initialiser ? `arguments[${p.one(['0', '1'])}] = ${p.expression(s)}` : '0'}, ${p.one(s.names)}, [${p.one(s.names)}])`,
  (p, s) => `f((fns.push(() => ${p.one(s.names)}), ${p.one(s.names)} += 's'), ${p.one(s.names)})`,
];

const OPERATIONS: readonly Producer[] = [
  (p, s) => `f(${p.recent()}, ${p.recent()} = ${p.expression(s)}, ${p.recent()}, ${p.recent()}++)`,
  (p, s) => `f(${p.recent()},${p.gap()}${p.recent()}, [${p.recent()}], ${p.expression(s)})`,
  (p, s) => `(${p.recent()} ${p.one(['=', '+=', '??='])} ${p.expression(s)})`,
  (p, s) => `f(() => ${p.recent()} = ${p.expression(inArrow(s))}, ${p.recent()})[0]()`,
  (p) => `f(arguments[0] = 'written', ${p.recent()}, x)`.replace('x', p.one(['a', 'x', 'c'])),
  (p, s) =>
    `${p.expression(s)}${p.gap()}${p.one(['+', '-', '*', '==', '<', '&&', '||', '??', ',', '|', '>>>'])}${p.gap()}${p.expression(s)}`,
  (p, s) => `'s' +${p.gap()}${p.expression(s)} +${p.gap()}'t' +${p.gap()}${p.expression(s)}`,
  (p, s) => `${p.expression(s)}${p.gap()}?${p.gap()}${p.expression(s)}${p.gap()}:${p.gap()}${p.expression(s)}`,
  (p, s) => `${p.one(['!', '-', '+', '~', 'void ', 'typeof ', 'typeof 0, '])}${p.expression(s)}`,
  (p, s) => `${p.one(s.names)}${p.one([' = ', ' += ', ' ||= ', ' &&= ', ' ??= ', ' -= ', ' **= '])}${p.gap()}${p.expression(s)}`,
  (p, s) =>
    `${p.reference(s)}${p.one(['.x', '[0]', `[${p.expression(s)}]`])}${p.one([' = ', ' += ', ' ??= ', ' ||= '])}${p.gap()}${p.expression(s)}`,
  (p, s) => `[${p.one(s.names)},${p.gap()}o.x = ${p.expression(s)}, ...c] = [${p.list(s)}]`,
  (p, s) => `({ x: ${p.one(s.names)} = ${p.expression(s)},${p.gap()}[t(${p.label()}, 'm')]: o.y, ...a } = ${p.reference(s)})`,
  (p) => `[a, b] =${p.gap()}[b, a]`,
  (p, s) => `${p.one([...s.names, 'o.x', 'c[0]', 'f.self.n'])}${p.one(['++', '--'])}`,
  (p, s) => `${p.one(['++', '--'])}${p.one([...s.names, 'o.x', `c[${p.expression(s)}]`])}`,
  (p, s) => `${p.one(["'x'", 'Symbol.iterator', `String(${p.expression(s)})`])} in ${p.reference(s)}`,
  (p, s) => `${p.expression(s)} instanceof ${p.one(['K', 'Object', 'f.self'])}`,
  (p, s) => `\`t\${${p.expression(s)}}${p.line()}u\${${p.gap()}${p.expression(s)}}\``,
  (p, s) => (s.inClass ? `#p in ${p.one(['this', 'o', `f(${p.list(s)})`])}` : `1 + ${p.expression(s)}`),
  (p, s) => (s.inClass ? `this.#p${p.one(['', ` = ${p.expression(s)}`, '?.x', '.m?.()', ' ??= f()'])}` : `a = ${p.expression(s)}`),
];

const LITERALS: readonly Producer[] = [
  (p, s) => `[${p.line()}${p.list(s)},${p.line()}...${p.one(['c', 'f', `[${p.list(s)}]`])},,${p.line()}${p.expression(s)}]`,
  (p, s) => `{${p.line()}${p.members(s)}}`,
  (p, s) => `(${p.functionLiteral(s)})${p.one(['', '.name', '.length', '()'])}`,
  (p, s) => `(${p.classLiteral(s, '')})${p.one(['', '.name'])}`,
  (p, s) => `(${p.one(['a', 'b'])} = ${p.functionLiteral(s)}, ${p.one(['a', 'b'])}.name)`,
  (p, s) => `(${p.one(['a', 'b'])} ${p.one(['=', '??=', '&&='])} (${p.classLiteral(s, '')}))${p.one(['', '.name'])}`,
  (p, s) => `fns.push(${p.gap()}() => ${p.gap()}${p.expression(inArrow(s))})`,
  (p, s) =>
    `((x, y = ${p.gap()}${p.expression(inArrow(s))}) => ${p.gap()}${p.expression(inArrow(s, { names: [...s.names, 'x', 'y'] }))})(${p.list(s)})`,
  (p, s) => `((x) => (${p.gap()}${p.expression(inArrow(s))}, { x }))(1)`,
  (p, s) => `[1, 2]${p.line()}.map(${p.line()}function (x) { return ${p.expression(inFunction(s, { names: [...s.names, 'x'] }))} })`,
];

const SUSPENDED: readonly Producer[] = [
  (p, s) => (s.generator ? `(yield${p.one(['', ' '])}${p.tape.chance(3) ? '' : p.one(['', '* f, ']) + p.expression(s)})` : p.expression(s)),
  (p, s) => (s.async && !s.initialiser ? `(await ${p.expression(s)})` : p.expression(s)),
  (p, s) =>
    s.method
      ? p.one([`super.m(${p.list(s)})`, 'super.x', `(super.y = ${p.expression(s)})`, `super${p.line()}.m?.(${p.list(s)})`])
      : p.expression(s),
];

const KINDS: readonly (readonly Producer[])[] = [ATOMS, CALLS, OPERATIONS, CALLS, LITERALS, WRITES, SUSPENDED, OPERATIONS];

/** Mostly in parentheses, so that precedence seldom changes its meaning. */
export function expression(p: Programs, scope: Scope): string {
  if (scope.depth > 5 || p.tape.isAtEnd) return p.one(ATOMS)(p, scope);
  const text = p.one(p.one(KINDS))(p, deeper(scope));
  return p.tape.chance(4) && !/^[{t-]|=>|^(?:void|yield|await)/.test(text) ? text : `(${text})`;
}
