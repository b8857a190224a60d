/**
 * The members with the largest weight first. Weights are sorted natively, without a comparator, and each member then finds its place by
 * binary search: several times faster than a comparator sort of the members, and exact for any double.
 *
 * @param weights by member
 * @param breakTie negative when `a` comes before `b`; called for members of equal weight only
 */
export function descending(members: Uint32Array, weights: Float64Array, breakTie: (a: number, b: number) => number): Uint32Array {
  const count = members.length;
  const sorted = new Float64Array(count);
  for (let i = 0; i < count; i++) sorted[i] = weights[members[i]!]!;
  sorted.sort();
  const order = new Uint32Array(count);
  const taken = new Uint32Array(count);
  let hasTies = false;
  for (let i = 0; i < count; i++) {
    const member = members[i]!;
    const first = lowerBound(sorted, weights[member]!);
    const place = first + taken[first]!++;
    if (place !== first) hasTies = true;
    order[count - 1 - place] = member;
  }
  if (hasTies) sortTies(order, weights, breakTie);
  return order;
}

/** The first place in a sorted array whose value is not below `weight`. */
export function lowerBound(sorted: Float64Array, weight: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < weight) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Above this, the calls of a comparator sort cost less than the moves of an insertion sort. */
const LONG_RUN = 32;

function sortTies(order: Uint32Array, weights: Float64Array, breakTie: (a: number, b: number) => number): void {
  for (let start = 0; start < order.length; ) {
    const weight = weights[order[start]!]!;
    let end = start + 1;
    while (end < order.length && weights[order[end]!] === weight) end++;
    if (end - start > LONG_RUN) order.subarray(start, end).sort(breakTie);
    else if (end - start > 1) insertionSort(order, { start, end }, breakTie);
    start = end;
  }
}

/** Ties come in thousands of runs of two or three, where the set-up of a native sort would be most of the work. */
function insertionSort(order: Uint32Array, run: { start: number; end: number }, compare: (a: number, b: number) => number): void {
  for (let i = run.start + 1; i < run.end; i++) {
    const member = order[i]!;
    let place = i;
    while (place > run.start && compare(order[place - 1]!, member) > 0) {
      order[place] = order[place - 1]!;
      place--;
    }
    order[place] = member;
  }
}
