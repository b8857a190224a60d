import * as z from 'zod/mini';
import { MapProblem } from './map-problem.js';

const offset = z.int().check(z.nonnegative());
/** The fields of a source map, version 3 (ECMA-426), that positions need. */
const plainMap = z.object({
  version: z.literal(3),
  sources: z.array(z.nullable(z.string())),
  sourceRoot: z.nullish(z.string()),
  mappings: z.string(),
  /** Only function names depend on these two, so a wrong value is none. */
  names: z.catch(z.nullish(z.array(z.string())), null),
  scopes: z.catch(z.nullish(z.string()), null),
});
const indexedMap = z.object({
  version: z.literal(3),
  sections: z.array(z.object({ offset: z.object({ line: offset, column: offset }), map: plainMap })),
});

/** A map, or one section of an indexed map. */
export interface MapSection {
  /** Where the section begins in the generated text, 0-based. */
  readonly line: number;
  readonly column: number;
  readonly sources: readonly (string | null)[];
  readonly sourceRoot: string;
  readonly mappings: string;
  /** The original identifiers that mappings and scopes refer to. */
  readonly names: readonly string[];
  /** See scopes.ts; empty if there are none. */
  readonly scopes: string;
}

/**
 * Returns the sections in the order of the generated text.
 *
 * @throws MapProblem
 */
export function readMap(text: string): MapSection[] {
  const content = parsed(text);
  if (!('sections' in content)) return [{ line: 0, column: 0, ...section(validated(plainMap, content)) }];
  const sections = validated(indexedMap, content).sections.map(({ offset, map }) => ({ ...offset, ...section(map) }));
  if (sections.some((one, i) => i > 0 && isBefore(one, sections[i - 1]!))) throw new MapProblem('its sections are in the wrong order');
  return sections;
}

function section({ sources, sourceRoot, mappings, names, scopes }: z.infer<typeof plainMap>) {
  return { sources, sourceRoot: sourceRoot ?? '', mappings, names: names ?? [], scopes: scopes ?? '' };
}

function isBefore(one: MapSection, other: MapSection): boolean {
  return one.line < other.line || (one.line === other.line && one.column < other.column);
}

/** A map may begin with a line that keeps browsers from running it as a script (ECMA-426). */
const GUARD = /^\)\]\}'.*/;

function parsed(text: string): object {
  try {
    const content: unknown = JSON.parse(text.replace(GUARD, ''));
    if (typeof content === 'object' && content !== null) return content;
  } catch {
    throw new MapProblem('it is not JSON');
  }
  throw new MapProblem('it is not a source map');
}

function validated<Schema extends z.ZodMiniType>(schema: Schema, content: object): z.output<Schema> {
  const { success, data, error } = schema.safeParse(content);
  if (success) return data;
  throw new MapProblem(`it is not a source map of version 3 (${error.issues[0]?.path.join('.')})`);
}
