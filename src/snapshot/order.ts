/**
 * The members with the largest weight first. Weights are sorted natively, without a comparator, and each member then finds its place by
 * binary search: several times faster than a comparator sort of the members, and exact for any double.
 *
 * @param weights by member
 * @param breakTie negative when `a` comes before `b`; called for members of equal weight only
 */
export function descending(members: Uint32Array, weights: Float64Array, breakTie: (a: number, b: number) => number): Uint32Array {
  const count = members.length;
  const sorted = Float64Array.from(members, (member) => weights[member]!).sort();
  const order = new Uint32Array(count);
  const taken = new Uint32Array(count);
  let hasTies = false;
  for (const member of members) {
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

function sortTies(order: Uint32Array, weights: Float64Array, breakTie: (a: number, b: number) => number): void {
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && weights[order[end]!] === weights[order[start]!]) end++;
    if (end - start > 1) order.subarray(start, end).sort(breakTie);
    start = end;
  }
}
