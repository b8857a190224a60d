/** Deflate allows no longer code. */
const LONGEST_CODE = 15;

/** By symbol the length of its Huffman code in bits; 0 for symbols that do not occur. */
export function codeLengths(frequencies: Uint32Array): Uint8Array {
  for (let shift = 0; ; shift++) {
    const lengths = unlimitedLengths(frequencies, shift);
    if (lengths.every((length) => length <= LONGEST_CODE)) return lengths;
  }
}

/**
 * Huffman's tree by its two queues: of the symbols, the rarest first, and of the trees that were made, which come in that order by themselves.
 *
 * @param shift flattens the frequencies, which shortens the longest codes
 */
function unlimitedLengths(frequencies: Uint32Array, shift: number): Uint8Array {
  const lengths = new Uint8Array(frequencies.length);
  const weights = Array.from(frequencies, (frequency) => (shift === 0 ? frequency : (frequency >>> shift) + 1));
  const leaves = Array.from(frequencies.keys()).filter((symbol) => frequencies[symbol]! > 0);
  leaves.sort((a, b) => weights[a]! - weights[b]!);
  if (leaves.length === 1) lengths[leaves[0]!] = 1;
  // Nodes: first the leaves, then each tree behind the two that it is made of.
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

/** Canonical codes as deflate numbers them, with the first bit lowest, as they are written. */
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
