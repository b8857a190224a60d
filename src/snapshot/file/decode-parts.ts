import type { OriginalPlaces } from '../../model/original-places.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import type { StackTable } from '../../model/stack-table.js';
import type { TraceColumns } from '../../model/trace-columns.js';
import { IN_ENGLISH } from '../../text/schema-messages.js';
import { type DecodedIntegers, decodeDoubles, decodeIntegers, decodeWholeNumbers, inflate } from './column-codec.js';
import { type ColumnName, LIMITS, metadataSchema, namesSchema, SECTIONS, type SectionEntry } from './file-format.js';
import type { RawFile } from './upgrade.js';

/** @throws if the parts of the file contradict each other; a SnapshotFileError shows the message */
export function decodeParts(file: RawFile): SnapshotParts {
  const metadata = metadataSchema.parse(file.metadata, IN_ENGLISH);
  const { columns, ...traces } = decodeTraces(new Sections(metadata.sections, file.sections));
  const hasBirths = metadata.capture.mode !== 'objects' || metadata.offHeapBirths === 'owner';
  const { tracebackLimit, capture, lastBirths } = metadata;
  if (lastBirths) ensure('lastBirths', lastBirths.length === traces.threads.length);
  return {
    ...traces,
    columns: hasBirths ? columns : { ...columns, birth: null },
    tracebackLimit,
    capture,
    ...(hasBirths && lastBirths && { lastBirths }),
  };
}

type Traces = Required<Pick<SnapshotParts, 'table' | 'columns' | 'threads' | 'types' | 'labels' | 'original'>>;

/** The traces and their table. @throws if they contradict each other */
export function decodeTraces(sections: Sections): Traces {
  const { threads, types, labels = [], originalFilenames = [], originalFunctionNames = [], ...tableNames } = sections.names();
  const table = { ...tableNames, ...decodeTable(sections) };
  const columns = decodeColumns(sections);
  const original = decodeOriginal(sections, { filenames: originalFilenames, functionNames: originalFunctionNames });
  checkTable(table, sections);
  ensure('traceback', sections.isBelow('traceback', table.totalFrames.length));
  ensure('thread', sections.isBelow('thread', threads.length));
  ensure('type', sections.isBelow('type', types.length));
  ensure('label', sections.isBelow('label', labels.length));
  return { table, columns, threads, types, labels, original };
}

/** The sections of a file by name. The metadata is checked before anything is inflated. */
export class Sections {
  readonly #places = new Map<string, { entry: SectionEntry; data: Uint8Array }>();
  readonly #highest = new Map<ColumnName, number>();

  constructor(entries: readonly SectionEntry[], bytes: Uint8Array) {
    let start = 0;
    for (const entry of entries) {
      if (this.#places.has(entry.name)) throw new RangeError(`two sections are named ${entry.name}`);
      this.#places.set(entry.name, { entry, data: bytes.subarray(start, start + entry.bytes) });
      start += entry.bytes;
    }
    if (start !== bytes.length) throw new RangeError(`sections of ${start} bytes in ${bytes.length}`);
    this.#checkLengths();
    this.#checkMemory(bytes.length);
  }

  names() {
    const place = this.#places.get('names');
    if (place?.entry.encoding !== 'json') throw new RangeError('no names');
    const json = new TextDecoder('utf-8', { fatal: true }).decode(inflate(place.data, place.entry.length));
    return namesSchema.parse(JSON.parse(json), IN_ENGLISH);
  }

  integers(name: ColumnName): Uint32Array<ArrayBuffer> {
    return this.optionalIntegers(name) ?? new Uint32Array(0);
  }

  optionalIntegers(name: ColumnName): Uint32Array<ArrayBuffer> | null {
    const place = this.#places.get(name);
    if (!place) return null;
    const { encoding, length, width } = place.entry;
    if (encoding !== 'integers' || width > 4) throw new RangeError(`${name} must be integers`);
    return this.#noteHighest(name, decodeIntegers(inflate(place.data, length * width), width));
  }

  /** @throws if a value is not finite, or below `least` */
  optionalDoubles(name: ColumnName, least: number): Float64Array | null {
    const place = this.#places.get(name);
    if (!place) return null;
    const { encoding, length, width } = place.entry;
    if (encoding === 'integers' && width <= 4)
      return this.#noteHighest(name, decodeWholeNumbers(inflate(place.data, length * width), width));
    if (encoding !== 'doubles' || width !== 8) throw new RangeError(`${name} must be numbers`);
    const values = decodeDoubles(inflate(place.data, length * width));
    ensure(name, isFiniteFrom(values, least));
    return values;
  }

  /** Whether all integers of a column, which must have been read, are below `limit`. True for a column that the file lacks. */
  isBelow(name: ColumnName, limit: number): boolean {
    return (this.#highest.get(name) ?? -1) < limit;
  }

  #noteHighest<Values>(name: ColumnName, { values, highest }: DecodedIntegers<Values>): Values {
    this.#highest.set(name, highest);
    return values;
  }

  #checkLengths(): void {
    const lengths = new Map<string, number>();
    for (const [name, { of, required }] of Object.entries(SECTIONS)) {
      const entry = this.#places.get(name)?.entry;
      if (!entry && !required) continue;
      if (!entry) throw new RangeError(`no section ${name}`);
      if (entry.length !== (lengths.get(of) ?? entry.length)) throw new RangeError(`${name} has another length than its neighbours`);
      if (entry.length > (of === 'trace' ? LIMITS.traces : LIMITS.elements)) throw new RangeError(`${name} is too long`);
      lengths.set(of, entry.length);
    }
  }

  #checkMemory(compressed: number): void {
    const names = this.#places.get('names')?.entry.length ?? 0;
    const columns = Object.keys(SECTIONS).map((name) => (this.#places.get(name)?.entry.length ?? 0) * (DOUBLES.has(name) ? 8 : 4));
    const needed = columns.reduce((sum, bytes) => sum + bytes, names);
    if (needed > Math.max(LIMITS.smallBytes, LIMITS.growth * compressed))
      throw new RangeError(`${compressed} bytes would take ${needed} in memory, which no snapshot does`);
  }
}

/** The columns that have 8 bytes an element in memory. */
const DOUBLES: ReadonlySet<string> = new Set<ColumnName>(['size', 'birth']);

function decodeTable(sections: Sections): Omit<StackTable, 'filenames' | 'functionNames'> {
  return {
    locationFile: sections.integers('locationFile'),
    locationLine: sections.integers('locationLine'),
    locationColumn: sections.integers('locationColumn'),
    locationFunction: sections.integers('locationFunction'),
    locationIsLine: new Uint8Array(sections.integers('locationIsLine')),
    tracebackStart: startsOf(sections.integers('depth')),
    frames: sections.integers('frames'),
    totalFrames: sections.integers('totalFrames'),
  };
}

function decodeOriginal(sections: Sections, names: Pick<OriginalPlaces, 'filenames' | 'functionNames'>): OriginalPlaces | null {
  const [file, line, column] = [
    sections.optionalIntegers('originalFile'),
    sections.optionalIntegers('originalLine'),
    sections.optionalIntegers('originalColumn'),
  ];
  if (!file && !line && !column) return null;
  if (!file || !line || !column) throw new RangeError('a part of the original places is missing');
  ensure('originalFile', sections.isBelow('originalFile', names.filenames.length));
  const functionName = sections.optionalIntegers('originalFunction') ?? new Uint32Array(line.length);
  ensure('originalFunction', sections.isBelow('originalFunction', names.functionNames.length + 1));
  return { ...names, file, line, column, functionName };
}

function decodeColumns(sections: Sections): TraceColumns {
  const traceback = sections.integers('traceback');
  return {
    length: traceback.length,
    traceback,
    size: sections.optionalDoubles('size', 0) ?? new Float64Array(0),
    count: sections.integers('count'),
    domain: narrowed(sections),
    thread: narrowed16(sections, 'thread'),
    type: sections.optionalIntegers('type'),
    label: narrowed16(sections, 'label'),
    birth: sections.optionalDoubles('birth', -Number.MAX_VALUE),
  };
}

/** The start of each traceback in `frames`, from the depths. @throws if a traceback is empty, which no snapshot has */
function startsOf(depth: Uint32Array): Uint32Array {
  const starts = new Uint32Array(depth.length + 1);
  let end = 0;
  for (let t = 0; t < depth.length; t++) {
    if (depth[t] === 0) throw new RangeError(`traceback ${t} is empty`);
    end += depth[t]!;
    if (end > LIMITS.elements) throw new RangeError('more frames than a file can hold');
    starts[t + 1] = end;
  }
  return starts;
}

function narrowed(sections: Sections): Uint8Array | Uint32Array | null {
  const domain = sections.optionalIntegers('domain');
  return domain && sections.isBelow('domain', 0x100) ? new Uint8Array(domain) : domain;
}

function narrowed16(sections: Sections, name: 'thread' | 'label'): Uint16Array | null {
  const values = sections.optionalIntegers(name);
  if (!sections.isBelow(name, 0x10000)) throw new RangeError(`a ${name} out of range`);
  return values && new Uint16Array(values);
}

function checkTable(table: StackTable, sections: Sections): void {
  ensure('locationFile', sections.isBelow('locationFile', table.filenames.length));
  ensure('locationFunction', sections.isBelow('locationFunction', table.functionNames.length));
  ensure('locationIsLine', sections.isBelow('locationIsLine', 2));
  ensure('frames', sections.isBelow('frames', table.locationFile.length));
  ensure('depth', table.tracebackStart.at(-1) === table.frames.length);
  ensure(
    'totalFrames',
    table.totalFrames.every((total, t) => total >= table.tracebackStart[t + 1]! - table.tracebackStart[t]!),
  );
}

/** @throws if it does not hold */
export function ensure(name: string, holds: boolean): void {
  if (!holds) throw new RangeError(`${name} has a value that cannot be`);
}

function isFiniteFrom(values: Float64Array, least: number): boolean {
  for (let i = 0; i < values.length; i++) if (!(values[i]! >= least && values[i]! < Number.POSITIVE_INFINITY)) return false;
  return true;
}
