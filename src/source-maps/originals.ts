import type { MapSection } from './read-map.js';
import { NONE, type Positions, type Segments, scanMappings, WRONG } from './scan-mappings.js';

/** A place in a source, 1-based. */
export interface Original {
  /** As the map writes it, with the sourceRoot in front. */
  readonly source: string;
  readonly line: number;
  readonly column: number;
  /** The identifier that begins exactly here, as the source has it; null if the map names none. */
  readonly name: string | null;
}

/**
 * Finds the original places of generated positions. null for a position that has no source, `'wrong'` if the map gives an impossible place.
 *
 * @param wanted in the order of the text
 * @throws MapProblem
 */
export function originalsOf(sections: readonly MapSection[], wanted: Positions): (Original | null | 'wrong')[] {
  const originals: (Original | null | 'wrong')[] = new Array(wanted.line.length).fill(null);
  let to = wanted.line.length;
  for (const section of sections.toReversed()) {
    const from = firstFrom(wanted, section, to);
    if (from === to) continue;
    const segments = scanMappings(section.mappings, relativeTo(section, wanted, from, to));
    for (let i = 0; i < to - from; i++) originals[from + i] = originalAt(segments, i, section);
    to = from;
  }
  return originals;
}

function originalAt(segments: Segments, i: number, { sources, sourceRoot, names }: MapSection): Original | null | 'wrong' {
  const index = segments.source[i]!;
  if (index === NONE) return null;
  const source = sources[index];
  if (index === WRONG || source === undefined) return 'wrong';
  if (source === null || source === '') return null; // code that a tool added, or a source without a name
  const name = names[segments.name[i]!] ?? null;
  return { source: rooted(source, sourceRoot), line: segments.line[i]! + 1, column: segments.column[i]! + 1, name };
}

function rooted(source: string, root: string): string {
  if (root === '' || /^(?:[a-z][a-z\d+.-]*:|[\\/])/i.test(source)) return source;
  return root.endsWith('/') ? root + source : `${root}/${source}`;
}

/** The index of the first position at or after the start of a section. */
function firstFrom({ line, column }: Positions, start: MapSection, to: number): number {
  let from = to;
  while (from > 0 && (line[from - 1]! > start.line || (line[from - 1] === start.line && column[from - 1]! >= start.column))) from--;
  return from;
}

/** Positions `[from, to)` relative to the start of the section. On its first line, columns count from the section's own column. */
function relativeTo(start: MapSection, { line, column }: Positions, from: number, to: number): Positions {
  return {
    line: line.slice(from, to).map((one) => one - start.line),
    column: column.slice(from, to).map((one, i) => (line[from + i] === start.line ? one - start.column : one)),
  };
}
