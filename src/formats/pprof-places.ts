import { Location, Mapping, Function as PprofFunction, type StringTable } from 'pprof-format';
import type { Frame } from '../model/frame.js';
import { frameAt, type StackTable } from '../model/stack-table.js';
import { visible } from '../text/printable.js';
import { functionLabel } from './labels.js';

const ADDRESS_BYTES = 6;
/** Contains the address of every frame. */
const MAPPING = { id: 1, memoryStart: 0, memoryLimit: 2 ** (8 * ADDRESS_BYTES) };
/** All code belongs to one program and all names are known, so pprof need not look for a binary. */
const NAMES_ARE_KNOWN = { hasFunctions: true, hasFilenames: true, hasLineNumbers: true, hasInlineFrames: true };

interface Places {
  readonly location: Location[];
  readonly function: PprofFunction[];
  readonly mapping: Mapping[];
}

/**
 * The frames of a table in pprof's form, with ids from 1. The system name of a function stays empty: if it equals the name, pprof takes
 * `<…>` and `(…)` for C++ syntax and removes them.
 */
export function placesOf(table: StackTable, { program, strings }: { program: string; strings: StringTable }): Places {
  const functions = new Map<string, PprofFunction>();
  const location = Array.from(table.locationFile, (_, id) => {
    const frame = frameAt(table, id);
    const name = visible(functionLabel(frame));
    const filename = visible(frame.filename);
    const startLine = frame.precision === 'function' ? frame.lineno : 0;
    const key = JSON.stringify([name, filename, startLine]);
    const own =
      functions.get(key) ??
      new PprofFunction({ id: functions.size + 1, name: strings.dedup(name), filename: strings.dedup(filename), startLine });
    functions.set(key, own);
    const line = [{ functionId: own.id, line: frame.lineno, column: frame.column }];
    return new Location({ id: id + 1, mappingId: MAPPING.id, address: addressOf(frame), line });
  });
  const mapping = [new Mapping({ ...MAPPING, ...NAMES_ARE_KNOWN, filename: strings.dedup(visible(program)) })];
  return { location, function: [...functions.values()], mapping };
}

/**
 * Our frames have no machine address, but readers tell locations apart by address, even across profiles. Without one, `go tool pprof`
 * merges two allocations on a line, and profile stores merge all locations. So the address is a hash of the place: the same in every
 * profile, and never 0, which means unknown. In one of 50,000 programs with 100,000 places, two places share an address.
 */
function addressOf({ filename, functionName, lineno, column, precision }: Frame): number {
  const place = JSON.stringify([filename, functionName, lineno, column, precision]);
  const { hash } = process.getBuiltinModule('node:crypto'); // 3 ms, which the readers of snapshots do not pay
  return hash('sha256', place, 'buffer').readUIntBE(0, ADDRESS_BYTES) || 1;
}
