const ELEMENTS_AT_ONCE = 10_000;

/** The JSON of plain data, in parts: with millions of numbers, the whole text does not fit into one string. */
export function* jsonParts(value: unknown): Iterable<string> {
  if (Array.isArray(value)) {
    yield '[';
    for (let from = 0; from < value.length; from += ELEMENTS_AT_ONCE)
      yield (from === 0 ? '' : ',') + JSON.stringify(value.slice(from, from + ELEMENTS_AT_ONCE)).slice(1, -1);
    yield ']';
  } else if (typeof value === 'object' && value !== null) {
    let separator = '{';
    for (const [key, field] of Object.entries(value)) {
      yield `${separator}${JSON.stringify(key)}:`;
      yield* jsonParts(field);
      separator = ',';
    }
    yield separator === '{' ? '{}' : '}';
  } else {
    yield JSON.stringify(value);
  }
}
