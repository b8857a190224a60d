import { isLocationKey, type KeyType, type LocationKeyType } from '../../snapshot/statistics/key-type.js';
import { NOT_OWN } from '../../snapshot/statistics/package-name.js';
import type { StatsQuestion } from '../store.js';
import type { BoundValues } from './bound-values.js';
import { filterSql } from './filter-sql.js';
import { SAMPLES, STACKS } from './schema.js';

/** How a question groups the rows of the table of samples. */
export interface GroupSql {
  /** What stands behind FROM: rows of samples, with `grp`, the group, and whatever the conditions need. */
  readonly from: string;
  /** What stands behind WHERE. */
  readonly conditions: readonly string[];
  /** A query for the frames of each group: `grp, files, lines, columns, functions, true_lines`. null: `grp` is its name. */
  readonly frames: string | null;
}

interface Grouping extends Pick<StatsQuestion, 'service' | 'filters' | 'cumulative'> {
  /** null: all are one group. */
  readonly keyType: KeyType | null;
}

const FRAMES = 'arrayZip(files, lines, columns, functions, true_lines, packages, own)';
/** The value of a position that does not count. */
const NO_POSITION = 4294967295;

/** By key: what identifies the group of a frame, as `LOCATION_KEYS` has it. */
const IDENTITY: Readonly<Record<LocationKeyType, string>> = {
  filename: 'frame.1',
  package: 'frame.6',
  lineno: 'frame.1, frame.2',
  own: 'frame.1, frame.2',
  function: `frame.1, frame.4, if(frame.5 = 1, ${NO_POSITION}, frame.2), if(frame.5 = 1, ${NO_POSITION}, frame.3)`,
};

/** By key: the name of a group that is a value of a column of samples. */
const COLUMN_NAMES: Readonly<Record<Exclude<KeyType, LocationKeyType | 'traceback'>, string>> = {
  type: 'type',
  domain: 'toString(domain)',
  thread: 'thread',
  label: 'label',
};

/** @param releases empty: all */
export function groupSql(question: Grouping, releases: readonly string[], values: BoundValues): GroupSql {
  const { keyType, filters } = question;
  const { ofStacks, ofSamples } = filterSql(filters, values);
  const where = [
    `service = ${values.add('String', question.service)}`,
    ...(releases.length > 0 ? [`release IN ${values.add('Array(String)', releases)}`] : []),
  ].join(' AND ');
  const found = ofStacks.length === 0 ? '' : `, [${ofStacks.join(', ')}] AS found`;
  if (keyType !== null && (keyType === 'traceback' || isLocationKey(keyType))) {
    const places = keyType === 'traceback' ? stacksByTraceback(where) : stacksByFrame(question, keyType, { where, values });
    const keys = `SELECT DISTINCT hash, grp${found} FROM (${places})`;
    return {
      from: `${SAMPLES} AS samples GLOBAL INNER JOIN (${keys}) AS keys ON samples.stack = keys.hash`,
      conditions: ofSamples,
      frames: keyType === 'traceback' ? framesOfTracebacks(places) : framesOfPlaces(places, keyType),
    };
  }
  const rows = `(SELECT *, ${keyType === null ? "''" : COLUMN_NAMES[keyType]} AS grp FROM ${SAMPLES})`;
  if (ofStacks.length === 0) return { from: `${rows} AS samples`, conditions: ofSamples, frames: null };
  const keys = `SELECT DISTINCT hash${found} FROM ${STACKS} WHERE ${where}`;
  return {
    from: `${rows} AS samples GLOBAL INNER JOIN (${keys}) AS keys ON samples.stack = keys.hash`,
    conditions: ofSamples,
    frames: null,
  };
}

/** A row for each stack. Frames are the same group if their files and lines are. */
function stacksByTraceback(where: string): string {
  return `SELECT *, sipHash64(arrayZip(files, lines)) AS grp FROM ${STACKS} WHERE ${where}`;
}

/** A row for each group of a stack: that of its most recent frame, or of all. */
function stacksByFrame(
  { cumulative }: Pick<Grouping, 'cumulative'>,
  keyType: LocationKeyType,
  { where, values }: { readonly where: string; readonly values: BoundValues },
): string {
  const counted = keyType === 'own' ? `arrayFilter(one -> one.7 = 1, ${FRAMES})` : FRAMES;
  const places = cumulative ? counted : `arraySlice(${counted}, -1)`;
  const nowhere = `[(${values.add('String', NOT_OWN)}, 0, 0, '', 0, '', 0)]`;
  const known = keyType === 'own' ? `if(empty(${places}), ${nowhere}, ${places})` : places;
  return `SELECT *, sipHash64(${IDENTITY[keyType]}) AS grp FROM (SELECT *, arrayJoin(${known}) AS frame FROM ${STACKS} WHERE ${where})`;
}

function framesOfTracebacks(stacks: string): string {
  const columns = ['files', 'lines', 'columns', 'functions', 'true_lines'];
  const picked = columns.map((name, i) => `stack.${i + 1} AS ${name}`);
  return `SELECT grp, ${picked.join(', ')} FROM (SELECT grp, argMin(tuple(${columns.join(', ')}), hash) AS stack FROM (${stacks}) GROUP BY grp)`;
}

/** As `LOCATION_KEYS` and `Groups` make the frame of a group: a line that several functions or columns share names neither. */
function framesOfPlaces(places: string, keyType: LocationKeyType): string {
  const [filename, line, column, name, isLine] = FRAME_OF_GROUP[keyType];
  return `SELECT grp, [${filename}] AS files, [${line}] AS lines, [${column}] AS columns, [${name}] AS functions, [${isLine}] AS true_lines
FROM (SELECT grp, argMin(frame, hash) AS first, uniqExact(frame.3, frame.4) > 1 AS is_shared FROM (${places}) GROUP BY grp)`;
}

type FrameSql = readonly [filename: string, line: string, column: string, name: string, isLine: string];

const LINE: FrameSql = ['first.1', 'first.2', 'if(is_shared, 0, first.3)', "if(is_shared, '', first.4)", 'first.5'];

const FRAME_OF_GROUP: Readonly<Record<LocationKeyType, FrameSql>> = {
  filename: ['first.1', '0', '0', "''", '0'],
  package: ['first.6', '0', '0', "''", '0'],
  lineno: LINE,
  own: LINE,
  function: ['first.1', 'if(first.5 = 1, 0, first.2)', 'if(first.5 = 1, 0, first.3)', 'first.4', 'first.5'],
};
