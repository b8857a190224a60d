/** What an array of V8 is if it is the hash table of a Map or a Set: its header, the buckets, then the entries. */
export interface HashTable {
  readonly kind: 'Map' | 'Set';
  /** The entries for which it has room. */
  readonly room: number;
  /** The index of the first slot of the entries. */
  readonly first: number;
  /** Slots of an entry: key, value and chain; key and chain. */
  readonly width: number;
  /** Bytes of a slot. */
  readonly slot: number;
}

/** Slots before the buckets: elements, deleted elements, number of buckets. */
const HEADER = 3;
const LOAD_FACTOR = 2;
const WIDTHS = [
  ['Map', 3],
  ['Set', 2],
] as const;
/** Bytes of a slot, and of one with compressed pointers, as in Chrome. */
const SLOTS = [8, 4] as const;

/** Tells by the size, which no other table has; null for any other array. */
export function hashTableOf(bytes: number): HashTable | null {
  for (const slot of SLOTS) {
    const slots = (bytes - headerOf(slot)) / slot - HEADER;
    for (const [kind, width] of WIDTHS) {
      const buckets = slots / (1 + LOAD_FACTOR * width);
      if (buckets >= 1 && Number.isInteger(Math.log2(buckets)))
        return { kind, room: LOAD_FACTOR * buckets, first: HEADER + buckets, width, slot };
    }
  }
  return null;
}

/** In bytes: the map and the length. */
function headerOf(slot: number): number {
  return 2 * slot;
}
