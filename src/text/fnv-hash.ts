const [PRIME, SEED] = [0x01000193, 0x811c9dc5];

/** FNV-1a over every `step`-th UTF-16 code unit of `text`. Returns an unsigned 32-bit number. */
export function fnv1a(text: string, step = 1): number {
  let hash = SEED;
  for (let i = 0; i < text.length; i += step) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash >>> 0;
}

/**
 * Like FNV-1a, over the 32-bit words of `bytes` from `start`, then over the bytes that do not fill a word. Returns an unsigned 32-bit
 * number.
 */
export function fnv1aOfWords(bytes: Uint8Array, start: number): number {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Int32Array(aligned.buffer, aligned.byteOffset + start, (aligned.length - start) >> 2);
  let hash = SEED;
  for (let i = 0; i < words.length; i++) {
    hash = Math.imul(hash ^ words[i]!, PRIME);
    hash ^= hash >>> 15;
  }
  for (let i = start + words.length * 4; i < aligned.length; i++) hash = Math.imul(hash ^ aligned[i]!, PRIME);
  return hash >>> 0;
}
