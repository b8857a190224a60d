import { describe, expect, test } from '@jest/globals';
import { identifierColumns, lastPart } from '../../../src/source-maps/function-identifiers.js';

/** The text of a line, in which `|` marks the place that V8 tells. */
function columns(marked: string, name: string, isInside = false): number[] {
  const column = marked.indexOf('|');
  return identifierColumns({ name, column, isInside }, marked.replace('|', ''));
}

describe('the identifier of a function stands before its parameters', () => {
  test.each([
    ['a();function s|(e){}', 13],
    ['a();function*s|(e){}', 13],
    ['var b=1,s=function|(e){}', 8],
    ['var b=1,s=function*|(e){}', 8],
    ['var b=1,s=|(e)=>[e]', 8],
    ['var b=1,s=|e=>[e]', 8],
    ['var b=1,s=async |s=>[s]', 8],
    ['({s:function|(s){}})', 2],
    ['({s|(s){}})', 2],
    ['class s{constructor|(e){}}', 6],
    ['class s extends t{a(){} constructor|(e){}}', 6],
  ])('%s', (marked, column) => expect(columns(marked, 's')).toEqual([column]));

  test.each(['a.map(|s=>[s])', 'a.s|(e)', 'xs|(e)', 'a=|s=>[s]'])('%s: no', (marked) => expect(columns(marked, 's')).toEqual([]));
});

describe('a place inside of a function', () => {
  test.each([
    ['function s(e){a.push(|[e])}', 9],
    ['function s(e){}var b=1;function s(e){a.push(|[e])}', 32],
    ['function s(e){function s(){return{}}a.push(|[e])}', 9], // the inner one has ended
    ['var s=e=>a.push(|[e])', 4],
    ['var s=async(e)=>{await b(|[e])}', 4],
    ['var b=1,s=|async s=>[s]', 8], // a function that allocates on one line has the place of its start
  ])('%s', (marked, column) => expect(columns(marked, 's', true)).toEqual([column]));

  test.each(['function s(e){}a.push(|[e])', 'var s=e=>[e],b=|[1]', 's(|[1])'])('%s: no', (marked) =>
    expect(columns(marked, 's', true)).toEqual([]),
  );
});

test('without the text, only the usual distances count', () => {
  expect(identifierColumns({ name: 'ab', column: 20, isInside: false }, undefined)).toEqual([18, 17]);
  expect(identifierColumns({ name: 'ab', column: 20, isInside: true }, undefined)).toEqual([]);
});

test("the part of V8's name that is an identifier", () => {
  expect(['exports.s', 's', 'a.b.$c', '<static_initializer>', '', 'get größe'].map(lastPart)).toEqual(['s', 's', '$c', '', '', 'größe']);
});
