/**
 * The globals of every program: `log`; `t(label, value)`, which logs and returns the value; `f` (callable, constructible, iterable, a tag); `o` (a
 * proxy that logs every access); `K` (a class); `fns` (closures to call at the end); and fuel, so that every program ends.
 */
export const PRELUDE = `
Function.prototype.toString = function () { return 'source'; };
var fuel = 400;
function burn() { if (--fuel < 0) throw new RangeError('out of fuel'); }
function t(label, value) { burn(); log('t', label, value); return value; }
function short(x) { return Array.isArray(x) ? x.slice(0, 4).map((y) => (typeof y === 'object' || typeof y === 'function' ? typeof y : y)) : typeof x === 'object' || typeof x === 'function' ? typeof x : x; }
function f(...args) { burn(); log('f', this === globalThis ? 'global' : typeof this, args.map(short), new.target !== undefined); return args.length ? args[0] : f; }
f.m = function (...args) { burn(); log('m', this === f, args.map(short)); return f; };
f.self = f; f.list = [1, 2, 3]; f.zero = null;
f.valueOf = () => { burn(); log('valueOf'); return 7; };
f.toString = () => { burn(); log('toString'); return 'F'; };
f[Symbol.iterator] = function* () { burn(); log('iterate'); yield 1; yield [2, 3]; };
f.tag = function (strings, ...values) { burn(); log('tag', strings.raw.join('|'), values.map(short), this === f); seen.push(strings); return f; };
var seen = [];
var target = { x: 1, m(...args) { burn(); log('o.m', this === o, args.length); return this; }, get g() { burn(); log('get g'); return f; }, n: null };
var o = new Proxy(target, {
  get(object, key) { burn(); if (typeof key === 'string') log('get', key); return Reflect.get(object, key, o); },
  set(object, key, value) { burn(); log('set', String(key)); object[key] = value; return true; },
  has(object, key) { burn(); if (key === 'x') log('has'); return key in object && key !== 'f' && key !== 'K'; },
  deleteProperty(object, key) { burn(); log('delete', String(key)); return delete object[key]; },
});
class K { constructor(...args) { burn(); log('K', args.map(short), new.target === K); this.k = args[0]; } m(...args) { burn(); log('K.m', args.length); return this; } static s(...args) { burn(); log('K.s', args.length); return f; } get p() { burn(); return 5; } }
var fns = [];
var a = 1, b = 'b', c = [1, f, 'three'];
`;
export const EPILOGUE = `
for (const fn of fns.slice(0, 20)) { try { log('called', fn.name, typeof fn === 'function' ? fn() : fn); } catch (e) { log(e); } }
log(a, b, c, seen.length, new Set(seen).size);
`;
