const PART_CHARACTERS = 65_536;

/** Lines as bytes, in parts that are worth a system call. */
export function* linesAsBytes(lines: Iterable<string>): Iterable<Uint8Array> {
  yield* textAsBytes(withLineEnds(lines));
}

/** Texts that follow one another, as bytes. */
export function* textAsBytes(texts: Iterable<string>): Iterable<Uint8Array> {
  const encoder = new TextEncoder();
  let part = '';
  for (const text of texts) {
    part += text;
    if (part.length < PART_CHARACTERS) continue;
    yield encoder.encode(part);
    part = '';
  }
  if (part !== '') yield encoder.encode(part);
}

function* withLineEnds(lines: Iterable<string>): Iterable<string> {
  for (const line of lines) yield `${line}\n`;
}

/** The beginning of a file as text, for a look at what it is. */
export function startAsText(start: Uint8Array): string {
  return new TextDecoder().decode(start);
}
