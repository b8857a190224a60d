import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeDoubles, decodeIntegers, decodeWholeNumbers, encodeColumn, inflate } from '../../../../src/snapshot/file/column-codec.js';
import { deflatePlane, endOfDeflate } from '../../../../src/snapshot/file/deflate-plane.js';
import { codeLengths } from '../../../../src/snapshot/file/huffman.js';
import { randomBelow, seededRandom } from '../../../helpers/random.js';

const random = seededRandom(7);
const below = (limit: number) => randomBelow(random, limit);

const PLANES: Readonly<Record<string, (index: number) => number>> = {
  'any bytes': () => below(256),
  'few bytes': () => 3 * below(9),
  'one byte': () => 7,
  'long runs': (index) => index >> 9,
  'a pattern': (index) => (index % 7) * 30,
  'bytes of very different frequency': () => Math.min(255, Math.floor(-3 * Math.log2(1 - random()))),
  'any bytes, then runs, then few bytes': (index) => (index < 150_000 ? below(256) : index < 290_000 ? index >> 12 : below(5)),
};
const LENGTHS = [0, 1, 8191, 8192, 131_073, 300_000];

function deflated(plane: Uint8Array): Buffer {
  return Buffer.concat([...deflatePlane(plane), endOfDeflate()]);
}

describe('deflatePlane', () => {
  it.each(Object.entries(PLANES))('makes a stream that zlib can read, from %s', (_, byteAt) => {
    for (const length of LENGTHS) {
      const plane = Uint8Array.from({ length }, (__, index) => byteAt(index));
      const stream = deflated(plane);
      expect(Buffer.compare(inflateRawSync(stream), plane)).toBe(0);
      const zlibs = deflateRawSync(plane, { level: 1, strategy: constants.Z_RLE });
      expect(stream.length).toBeLessThan(1.03 * zlibs.length + 50);
    }
  });

  it('keeps codes within 15 bits, whatever the frequencies', () => {
    const frequencies = new Uint32Array(257);
    for (let symbol = 0, [one, other] = [1, 1]; symbol < 40; symbol++, [one, other] = [other, one + other]) frequencies[symbol] = one;
    const lengths = codeLengths(frequencies);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(15);
    expect(lengths.reduce((sum, length) => sum + (length > 0 ? 2 ** -length : 0), 0)).toBe(1);
    expect([...lengths.keys()].filter((symbol) => lengths[symbol]! > 0)).toHaveLength(40);
  });
});

describe('encodeColumn', () => {
  const raw = ({ data, length, width }: ReturnType<typeof encodeColumn>) => inflate(data, length * width);

  it('gives integers back, with the highest of them', () => {
    const integer = fc.oneof(...[8, 16, 24, 32].map((bits) => fc.integer({ min: 0, max: 2 ** bits - 1 })));
    fc.assert(
      fc.property(fc.array(integer, { maxLength: 50 }), fc.constantFrom(1, 300), (list, times) => {
        const values = Uint32Array.from({ length: times * list.length }, (_, i) => list[i % list.length]!);
        const encoded = encodeColumn(values);
        const highest = Math.max(-1, ...list);
        expect(decodeIntegers(raw(encoded), encoded.width)).toEqual({ values, highest });
        expect(decodeWholeNumbers(raw(encoded), encoded.width)).toEqual({ values: Float64Array.from(values), highest });
        expect(encodeColumn(Float64Array.from(values))).toEqual(encoded);
      }),
    );
  });

  it('gives doubles back, even if they are no integers below 2^32', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 20 }), (list) => {
        const values = Float64Array.from([0.5, ...list]);
        const encoded = encodeColumn(values);
        expect(encoded.encoding).toBe('doubles');
        expect(decodeDoubles(raw(encoded))).toEqual(values);
      }),
    );
    expect(encodeColumn(Float64Array.of(2 ** 32)).encoding).toBe('doubles');
    expect(encodeColumn(Float64Array.of(2 ** 32 - 1)).encoding).toBe('integers');
  });

  it('inflates no more than was announced', () => {
    const data = deflateRawSync(Buffer.alloc(1000, 1));
    expect(() => inflate(data, 999)).toThrow();
    expect(() => inflate(data, 1001)).toThrow('1000 bytes in the place of 1001');
    expect(inflate(data, 1000)).toHaveLength(1000);
  });
});
