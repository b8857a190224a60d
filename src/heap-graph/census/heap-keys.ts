/** What the objects of a heap snapshot can be grouped by. */
export const HEAP_KEY_TYPES = ['type', 'package', 'domain', 'lineno'] as const;
export type HeapKeyType = (typeof HEAP_KEY_TYPES)[number];
