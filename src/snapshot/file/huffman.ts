/** In bits. Deflate allows no longer code. */
const LONGEST_CODE = 15;

/** By symbol: the length of its Huffman code in bits, 0 if it does not occur. */
export function codeLengths(frequencies: Uint32Array): Uint8Array {
  for (let shift = 0; ; shift++) {
    const lengths = unlimitedLengths(frequencies, shift);
    if (lengths.every((length) => length <= LONGEST_CODE)) return lengths;
  }
}

/**
 * Huffman's algorithm with two queues: one of the symbols, rarest first, and one of the trees, which are made in that order by themselves.
 *
 * @param shift flattens the frequencies, which shortens the longest codes
 */
function unlimitedLengths(frequencies: Uint32Array, shift: number): Uint8Array {
  const lengths = new Uint8Array(frequencies.length);
  const weights = Array.from(frequencies, (frequency) => (shift === 0 ? frequency : (frequency >>> shift) + 1));
  const leaves = Array.from(frequencies.keys()).filter((symbol) => frequencies[symbol]! > 0);
  leaves.sort((a, b) => weights[a]! - weights[b]!);
  if (leaves.length === 1) lengths[leaves[0]!] = 1;
  // Nodes are first the leaves, then the trees. Each tree comes after its two parts.
  const nodes = leaves.map((symbol) => weights[symbol]!);
  const parents: number[] = [];
  let [leaf, tree] = [0, leaves.length];
  const lightest = () => (leaf < leaves.length && (tree >= nodes.length || nodes[leaf]! <= nodes[tree]!) ? leaf++ : tree++);
  while (nodes.length < 2 * leaves.length - 1) {
    const [one, other] = [lightest(), lightest()];
    parents[one] = nodes.length;
    parents[other] = nodes.length;
    nodes.push(nodes[one]! + nodes[other]!);
  }
  const depths = new Uint8Array(nodes.length);
  for (let node = nodes.length - 2; node >= 0; node--) depths[node] = depths[parents[node]!]! + 1;
  for (const [node, symbol] of leaves.entries()) if (leaves.length > 1) lengths[symbol] = depths[node]!;
  return lengths;
}

/** By symbol: its canonical code, as deflate numbers them. The first bit is the lowest, as in the stream. */
export function codesOf(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] === length) codes[symbol] = reversed(code++, length);
    code <<= 1;
  }
  return codes;
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >>> bit) & 1) << (length - 1 - bit);
  return result;
}
