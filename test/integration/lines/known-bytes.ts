const ROUNDS = 50;
/** Bytes of `new Array(n)` on 64 bits without pointer compression: a JSArray (32) and its elements (16, and 8 for each). */
export const arrayBytes = (length: number) => 32 + 16 + 8 * length;

/** Lines marked `@ n, m` allocate `new Array(n)` and `new Array(m)` in each round. Everything is kept. */
const MARKED = `'use strict';
const id = (...values) => values;
function one(kept, i) {
  kept[0] = new Array(1000); // @ 1000
  const object = {
    a: new Array(1100), // @ 1100
    b: id(
      new Array(1200), // @ 1200
      i,
      new Array(1300), new Array(1400)), // @ 1300, 1400
    [i]: new Array(1500), // @ 1500
  };
  kept[1] = object;
  kept[2] = i >= 0
    ? new Array(1600) // @ 1600
    : undefined;
  if (i >= 0) kept[3] = new Array(1700); // @ 1700
  let last;
  for (let k = 0; k < 2; k++) {
    last = [last, new Array(1800)]; // @ 1800, 1800
  }
  kept[4] = last;
  switch (i % 1) {
    case 0:
      kept[5] = new Array(1900); // @ 1900
  }
  const { missing = new Array(2000) } = {}; // @ 2000
  kept[6] = missing;
  kept[7] = { all: [], add(...more) { this.all.push(more); return this; } }
    .add(new Array(2050)) // @ 2050
    .add(new Array(2060), // @ 2060
      new Array(2070)) // @ 2070
    .add('x', new Array(2080)); // @ 2080
  try {
    throw new Array(2200); // @ 2200
  } catch (error) {
    kept[8] = error;
  }
  class Local {
    field = new Array(2300); // @ 2300
    static fixed = id(new Array(2400)); // @ 2400
  }
  kept[9] = [new Local(), Local];
  return kept;
}
function lone(i) {
  if (i < 0) return undefined;
  return new Array(2500); // @ 2500
}
const short = (i) => (i < 0 ? undefined : new Array(2600)); // @ 2600
function* generated(i) {
  yield new Array(2700); // @ 2700
  const sent = yield i;
  yield [sent, new Array(2800)]; // @ 2800
}
exports.work = () => {
  const all = new Array(${ROUNDS});
  for (let i = 0; i < ${ROUNDS}; i++) {
    all[i] = [one(new Array(10), i), lone(i), short(i), ...generated(i)];
  }
  return all;
};
`;

/** The program, and its bytes by 1-based line. A line may allocate a little more, for example the object that holds the array. */
export const KNOWN = { source: MARKED, bytes: marks(MARKED) };

function marks(source: string): Map<number, number> {
  const bytes = new Map<number, number>();
  source.split('\n').forEach((line, index) => {
    const lengths = /\/\/ @ ([\d, ]+)$/.exec(line)?.[1]?.split(', ').map(Number);
    if (lengths) bytes.set(index + 1, ROUNDS * lengths.reduce((sum, length) => sum + arrayBytes(length), 0));
  });
  return bytes;
}
