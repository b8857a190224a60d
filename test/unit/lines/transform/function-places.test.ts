import { describe, expect, it } from '@jest/globals';
import { functionPlaces } from '../../../../src/lines/transform/function-places.js';

/** Line and column of the function with a name, 1-based. */
function place(source: string, name: string): string | undefined {
  const found = functionPlaces(source, 'commonjs')!.named(name);
  return found ? `${found.lineNumber + 1}:${found.columnNumber + 1}` : undefined;
}

describe('where the only function of a name begins', () => {
  it.each([
    ['a declaration', '\nasync function* fill(n) {}', 'fill', '2:21'],
    ['a named expression', 'run(\n  function fill () {})', 'fill', '2:17'],
    ['an arrow in a variable', 'const fill = async (n) =>\n [n]', 'fill', '1:14'],
    ['an assigned function', 'let fill; fill = function (n) {}', 'fill', '1:27'],
    ['a default', 'const { fill = () => [] } = {}', 'fill', '1:16'],
    ['a property', 'const o = { fill: () => [], [a]: () => 1 }', 'fill', '1:19'],
    ['a method', 'class A {\n  fill(n) {}\n  constructor() {}\n}', 'fill', '2:7'],
    ['a constructor', 'const A = class {\n  constructor() {}\n}', 'A', '2:14'],
    ['a getter', '({ get fill() {}, set fill(a) {} })', 'get fill', '1:12'],
    ['a private method', 'class A {\n  #fill() {} }', '#fill', '2:8'],
    ['a field', 'class A { fill = () => [] }', 'fill', '1:18'],
    ['a property of another object, which V8 names with the object', 'a.exports.fill = () => []', 'exports.fill', '1:18'],
    ['the only one without a name', 'function a() {}\nb.map((x) => [x])', '', '2:7'],
  ])('%s', (_, source, name, expected) => {
    expect(place(source, name)).toBe(expected);
  });

  it.each([
    ['two of the name', 'function fill() {} const o = { fill() {} }', 'fill'],
    ['the constructor that V8 makes', 'class A {} function b() {}', 'A'],
    ['two without a name', 'a(() => 1); a(() => 2)', ''],
    ['an unknown name', 'function a() {}', '<instance_members_initializer>'],
    ['Object.prototype is no function of the text', 'function a() {}', 'constructor'],
  ])('not if it has no one place: %s', (_, source, name) => {
    expect(place(source, name)).toBeUndefined();
  });

  it('counts the functions without a name, and gives up on a text that does not parse', () => {
    expect(functionPlaces('a(() => 1); function b() {}; (function () {})()', 'commonjs')?.anonymous).toBe(2);
    expect(functionPlaces('const a: number = 1', 'commonjs')).toBeNull();
  });
});
