/** A trace keeps its count in 32 bits. */
const MOST_BLOCKS = 2 ** 32 - 1;

/** Bytes and blocks. */
export interface BlockSum {
  readonly size: number;
  readonly count: number;
}

/** The sum as pieces that each fit into a trace, nearly always one. */
export function blockPieces({ size, count }: BlockSum): BlockSum[] {
  const pieces = Math.ceil(count / MOST_BLOCKS);
  if (pieces < 2) return [{ size, count }];
  return Array.from({ length: pieces }, (_, piece) => {
    const blocks = Math.floor((count + piece) / pieces);
    return { size: (size * blocks) / count, count: blocks };
  });
}
