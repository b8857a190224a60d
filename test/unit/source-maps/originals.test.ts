import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from '@jest/globals';
import { decodedMappings, type EncodedSourceMap, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { MapProblem } from '../../../src/source-maps/map-problem.js';
import { originalsOf } from '../../../src/source-maps/originals.js';
import { readMap } from '../../../src/source-maps/read-map.js';
import type { Positions } from '../../../src/source-maps/scan-mappings.js';
import { repoPath } from '../../helpers/paths.js';
import { randomBelow, seededRandom } from '../../helpers/random.js';

type Place = readonly [line: number, column: number];

/** For each 0-based place its original as `source:line:column`, 1-based; `-` for none; or `wrong`. Places are in the order of the text. */
function ours(map: object, places: readonly Place[]): string[] {
  const wanted: Positions = { line: Uint32Array.from(places, ([line]) => line), column: Uint32Array.from(places, ([, column]) => column) };
  return originalsOf(readMap(JSON.stringify(map)), wanted).map((original) =>
    original === null || original === 'wrong' ? (original ?? '-') : `${original.source}:${original.line}:${original.column}`,
  );
}

/** The same by trace-mapping. */
function theirs(map: TraceMap, places: readonly Place[]): string[] {
  return places.map(([line, column]) => {
    const found = originalPositionFor(map, { line: line + 1, column });
    return found.source === null ? '-' : `${found.source}:${found.line}:${found.column + 1}`;
  });
}

/** For every segment: its own column, the one before it and the one after it. */
function placesAround(map: TraceMap): Place[] {
  return decodedMappings(map).flatMap((segments, line) => {
    const columns = new Set(segments.flatMap(([column]) => [Math.max(0, column - 1), column, column + 1]));
    return [...columns].sort((a, b) => a - b).map((column): Place => [line, column]);
  });
}

const map = (mappings: string, sources: readonly (string | null)[] = ['a.ts']) => ({ version: 3, sources, names: [], mappings });

describe('the same results as other readers', () => {
  it.each([
    ['dist/src/lines/transform/transform.js.map', ''],
    ['dist/src/lines/preload/register.js.map', ''],
    ['dist/src/lines/preload/rewriting.cjs.map', ' (long)'],
  ])('%s%s', (file) => {
    const content = JSON.parse(readFileSync(repoPath(file), 'utf8')) as EncodedSourceMap;
    const traced = new TraceMap(content);
    const places = placesAround(traced);
    expect(places.length).toBeGreaterThan(500);
    expect(ours(content, places)).toEqual(theirs(traced, places));
    // Asked in this order, a few at a time, because the answers must not depend on the order.
    for (let i = 0; i < 50; i++) {
      const few = places.filter((_, index) => index % 97 === i);
      expect(ours(content, few)).toEqual(theirs(traced, few));
    }
  });

  it('random mappings, segments out of order and without a source among them', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 300; round++) {
      const content = map(randomMappings(random), ['a.ts', 'b.ts']);
      const traced = new TraceMap(content as unknown as EncodedSourceMap);
      const places = placesAround(traced);
      expect({ content, found: ours(content, places) }).toEqual({ content, found: theirs(traced, places) });
    }
  });
});

/** All columns of a line differ, because readers choose freely between two segments at one place. */
function randomMappings(random: () => number): string {
  const before = [0, 0, 0];
  return Array.from({ length: 1 + randomBelow(random, 4) }, () => {
    const columns = [...new Set(Array.from({ length: randomBelow(random, 8) }, () => randomBelow(random, 40)))];
    let last = 0;
    const segments = columns.map((column) => {
      const fields = [column - last];
      last = column;
      if (randomBelow(random, 4) > 0) {
        const place = [randomBelow(random, 2), randomBelow(random, 2000), randomBelow(random, 100)];
        fields.push(...place.map((value, i) => value - before[i]!));
        before.splice(0, 3, ...place);
      }
      return fields.map(vlq).join('');
    });
    return segments.join(',');
  }).join(';');
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function vlq(value: number): string {
  let text = '';
  for (let rest = Math.abs(value) * 2 + (value < 0 ? 1 : 0); ; rest >>= 5) {
    if (rest < 32) return text + DIGITS[rest];
    text += DIGITS[32 + (rest % 32)];
  }
}

describe('indexed maps', () => {
  const sections = [
    { offset: { line: 0, column: 0 }, map: map('AAAA', ['one.ts']) },
    { offset: { line: 0, column: 10 }, map: map('AAAA;AACA', ['two.ts']) },
    { offset: { line: 5, column: 3 }, map: { ...map('AAAA', ['three.ts']), sourceRoot: 'root' } },
  ];
  const places: Place[] = [
    [0, 9],
    [0, 10],
    [1, 0],
    [2, 0],
    [5, 2],
    [5, 3],
    [6, 0],
  ];

  it('each section counts from its own place', () => {
    expect(ours({ version: 3, sections }, places)).toEqual(['one.ts:1:1', 'two.ts:1:1', 'two.ts:2:1', '-', '-', 'root/three.ts:1:1', '-']);
  });

  it('in the wrong order are refused', () => {
    expect(() => ours({ version: 3, sections: sections.toReversed() }, places)).toThrow(MapProblem);
  });
});

describe('maps that are wrong', () => {
  test.each([
    ['a source that it does not have', 'AEAA'],
    ['a line before the first', 'AADA'],
    ['a column before the first', 'AAAD'],
    ['a source before the first', 'ADAA'],
    ['a line past 2^31', 'AA++++++HA'],
  ])('%s', (_, mappings) => expect(ours(map(mappings), [[0, 0]])).toEqual(['wrong']));

  test.each([
    ['other characters', 'AA$A'],
    ['characters outside of ASCII', 'AA\u{1f600}A'],
    ['two fields', 'AA'],
    ['three fields', 'AAA'],
    ['six fields', 'AAAAAA'],
    ['a value without an end', 'AAAg'],
    ['a value of too many digits', 'AAAgggggggggggggggA'],
  ])('%s', (_, mappings) => expect(() => ours(map(mappings), [[0, 0]])).toThrow(/damaged/));

  test.each([
    ['no JSON, and does not say what it is', 'root:x:0:0', /^it is not JSON$/],
    ['a number', '7', /not a source map$/],
    ['a list', '[7]', /version 3/],
    ['another version', JSON.stringify({ ...map('AAAA'), version: 2 }), /version 3 \(version\)/],
    ['sources that are numbers', JSON.stringify({ ...map('AAAA'), sources: [7] }), /\(sources\.0\)/],
    ['no mappings', JSON.stringify({ version: 3, sources: [] }), /\(mappings\)/],
    [
      'sections without a map',
      JSON.stringify({ version: 3, sections: [{ offset: { line: 0, column: 0 }, url: 'x' }] }),
      /sections\.0\.map/,
    ],
  ])('%s', (_, text, message) => expect(() => readMap(text)).toThrow(message));
});

it.each([null, ''])('a source without a name (%j) is not used', (source) => {
  expect(ours(map('AAAA', [source]), [[0, 0]])).toEqual(['-']);
});

it('segments that go back again and again do not take longer', () => {
  const places = Array.from({ length: 20_000 }, (_, column): Place => [0, column]);
  // The least of three: compiling, collections and other work of the machine only add to a measurement.
  const costOf = (segments: string) => {
    const text = map(segments.repeat(200_000).slice(0, -1));
    const costs = [1, 2, 3].map(() => {
      const before = process.cpuUsage();
      ours(text, places);
      return process.cpuUsage(before).user;
    });
    return Math.min(...costs);
  };
  const forwards = costOf('CAAA,CAAA,');
  expect(costOf('gggBAAA,hggBAAA,')).toBeLessThan(6 * forwards); // with a linear search from place to place it took 20 times as long
});

test('the name of an identifier belongs to the place where it begins, however often that is asked for', () => {
  const content = { ...map('AAAAA,EAAE,IAAIC'), names: ['first', 'second'] };
  const wanted: Positions = { line: new Uint32Array(7), column: Uint32Array.of(0, 0, 1, 2, 6, 6, 7) };
  const names = originalsOf(readMap(JSON.stringify(content)), wanted).map((one) => (one as { name: string | null }).name);
  expect(names).toEqual(['first', 'first', null, null, 'second', 'second', null]);
  // Names only matter for names, so damaged ones do no harm.
  const damaged = readMap(JSON.stringify({ ...content, names: 7, scopes: [] }));
  expect(originalsOf(damaged, wanted).map((one) => (one as { name: string | null }).name)).toEqual(new Array(7).fill(null));
});
