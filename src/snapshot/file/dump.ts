import { deflateRawSync } from 'node:zlib';
import { SnapshotFileError } from '../../errors.js';
import { compact } from '../../model/compact.js';
import type { OriginalPlaces } from '../../model/original-places.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import type { StackTable } from '../../model/stack-table.js';
import type { TraceColumns } from '../../model/trace-columns.js';
import { type Mappable, SourceMapper } from '../../source-maps/source-mapper.js';
import { writeFile } from './atomic-write.js';
import { type Column, type EncodedColumn, encodeColumn } from './column-codec.js';
import { type ColumnName, LIMITS, type Metadata, SECTIONS, type SectionEntry } from './file-format.js';
import { frameFile } from './framed-file.js';
import { SNAPSHOT_FILE } from './load.js';

export interface DumpOptions {
  /**
   * Save what the source maps of all files say, so that the file shows original lines on a machine without the maps. Default false: save only
   * what the maps of scripts that were compiled in memory say, because these maps exist nowhere else.
   */
  readonly embedMaps?: boolean;
  /** Whether a symbolic link at the path is followed (default), or replaced by the file. */
  readonly followLinks?: boolean;
}

/** @throws SnapshotFileError */
export function dumpSnapshot(path: string, snapshot: SnapshotParts & Mappable, options: DumpOptions): void {
  const parts = savedParts(path, snapshot, options);
  const { tracebackLimit, capture, lastBirths } = parts;
  const { sections, data } = encodeSections(parts);
  const metadata: Metadata = {
    generator: GENERATOR,
    tracebackLimit,
    capture,
    ...(lastBirths && { lastBirths: [...lastBirths] }),
    ...(capture.mode === 'objects' && { offHeapBirths: 'owner' as const }),
    sections,
  };
  writeFile(path, frameFile(SNAPSHOT_FILE, metadata, data), { what: 'save the snapshot to', followLinks: options.followLinks ?? true });
}

/** The program that writes a file, for people who look into it. */
export const GENERATOR = 'node-tracemalloc';

/** The parts with what source maps say, and without what no trace needs. @throws SnapshotFileError if there are more than a file can hold */
export function savedParts(path: string, snapshot: SnapshotParts & Mappable, { embedMaps = false }: DumpOptions): SnapshotParts {
  const { sourceMaps } = snapshot;
  const isWanted = (filename: string) => embedMaps || sourceMaps.has(filename);
  const original = embedMaps || sourceMaps.size > 0 ? new SourceMapper().placesOf(snapshot, isWanted) : snapshot.original;
  const parts = { ...snapshot, original };
  const { columns, table } = parts;
  if (columns.length > LIMITS.traces || table.frames.length > LIMITS.elements)
    throw new SnapshotFileError(`cannot save to ${path}: a file holds up to ${LIMITS.traces} traces; filter it first`);
  return remembered.has(columns) ? parts : compact(parts);
}

/**
 * The columns of a snapshot never change, so each is encoded once, and its encoding lives as long as the columns. A second file of the same
 * snapshot then costs little more than writing it. A filtered snapshot gets a smaller table in its file, which is not remembered.
 */
const remembered = new WeakMap<TraceColumns | StackTable, Map<ColumnName, EncodedColumn>>();

function encodeOnce(name: ColumnName, values: Column, { columns, table }: SnapshotParts): EncodedColumn {
  const owner = SECTIONS[name].of === 'trace' ? columns : table;
  if (name.startsWith('original') || name.endsWith('Round') || !Object.isFrozen(columns) || !Object.isFrozen(table))
    return encodeColumn(values);
  const known = remembered.get(owner) ?? new Map<ColumnName, EncodedColumn>();
  const encoded = known.get(name) ?? encodeColumn(values);
  remembered.set(owner, known.set(name, encoded));
  return encoded;
}

interface EncodedSections {
  readonly sections: SectionEntry[];
  readonly data: Uint8Array[];
}

/** @param more further columns that the file has */
export function encodeSections(parts: SnapshotParts, more: Partial<Record<ColumnName, Column>> = {}): EncodedSections {
  const sections: SectionEntry[] = [];
  const data: Uint8Array[] = [];
  const append = (entry: Omit<SectionEntry, 'bytes'>, compressed: Uint8Array) => {
    sections.push({ ...entry, bytes: compressed.length });
    data.push(compressed);
  };
  const names = encodeNames(parts);
  append({ name: 'names', encoding: 'json', length: names.length, width: 1 }, deflateRawSync(names, { level: 1 }));
  const columns = { ...columnsOf(parts), ...more };
  for (const name of Object.keys(SECTIONS) as ColumnName[]) {
    const values = columns[name];
    if (!values) continue;
    const { data: compressed, ...entry } = encodeOnce(name, values, parts);
    append({ name, ...entry }, compressed);
  }
  return { sections, data };
}

function encodeNames({ table, columns, threads, types, labels, original }: SnapshotParts): Uint8Array {
  const { filenames, functionNames } = table;
  const used = { types: usedNames(types, columns.type), labels: usedNames(labels, columns.label) };
  const names = { filenames, functionNames, threads, ...used, ...(original && originalNames(original)) };
  return new TextEncoder().encode(JSON.stringify(names));
}

/** The names that a column points to; an empty string instead of the others, so that their indexes stay. */
function usedNames(names: readonly string[], column: Uint16Array | Uint32Array | null): string[] {
  const used = new Uint8Array(names.length);
  if (column) for (let row = 0; row < column.length; row++) used[column[row]!] = 1;
  return names.map((name, id) => (used[id] === 1 ? name : ''));
}

function originalNames({ filenames, functionNames }: OriginalPlaces) {
  return { originalFilenames: filenames, ...(functionNames.length > 0 && { originalFunctionNames: functionNames }) };
}

function columnsOf({ table, columns, original }: SnapshotParts): Partial<Record<ColumnName, Column | null>> {
  const depth = table.totalFrames.map((_, t) => table.tracebackStart[t + 1]! - table.tracebackStart[t]!);
  const { locationFile, locationLine, locationColumn, locationFunction, locationIsLine, totalFrames, frames } = table;
  return {
    ...columns,
    locationFile,
    locationLine,
    locationColumn,
    locationFunction,
    locationIsLine,
    originalFile: original?.file ?? null,
    originalLine: original?.line ?? null,
    originalColumn: original?.column ?? null,
    originalFunction: original && original.functionNames.length > 0 ? original.functionName : null,
    totalFrames,
    frames,
    depth,
  };
}
