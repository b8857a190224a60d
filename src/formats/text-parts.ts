const PART_CHARACTERS = 65_536;

/** Lines as bytes, in parts large enough to be worth a system call. */
export function* linesAsBytes(lines: Iterable<string>): Iterable<Uint8Array> {
  yield* textAsBytes(withLineEnds(lines));
}

/** Joins texts and encodes them in parts. */
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

/** The beginning of a file as text, to find out what it is. */
export function startAsText(start: Uint8Array): string {
  return new TextDecoder().decode(start);
}
