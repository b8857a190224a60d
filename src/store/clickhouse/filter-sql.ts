import { type AnyFilter, DomainFilter, type Filter, LabelFilter, ThreadFilter } from '../../snapshot/filter.js';
import { labelName } from '../../snapshot/statistics/column-keys.js';
import { patternToRe2 } from '../../text/fnmatch.js';
import type { BoundValues } from './bound-values.js';

/** Filters as conditions. */
export interface FilterSql {
  /** By filter of files: whether it matches a row of the table of stacks. */
  readonly ofStacks: readonly string[];
  /** Of a row of samples, in which `found[i]` is what `ofStacks[i - 1]` is. Empty: every row. */
  readonly ofSamples: readonly string[];
}

/** What a text that ran under the name of a file has behind it: see model/in-memory.ts. */
const FILE_OF_TEXT = "replaceRegexpOne(file, ' <in memory>$', '')";

/** As `selectTraces` filters traces. */
export function filterSql(filters: readonly (readonly AnyFilter[])[], values: BoundValues): FilterSql {
  const ofStacks: string[] = [];
  const acceptedBy = (filter: AnyFilter): string => {
    if (filter instanceof DomainFilter) return `(domain = ${values.add('UInt32', filter.domain)}) = ${filter.inclusive}`;
    if (filter instanceof ThreadFilter) return `match(thread, ${pattern(filter.threadPattern, values)}) = ${filter.inclusive}`;
    if (filter instanceof LabelFilter) {
      const name = `if(label = '', ${values.add('String', labelName(''))}, label)`;
      return `match(${name}, ${pattern(filter.labelPattern, values)}) = ${filter.inclusive}`;
    }
    const found = `found[${ofStacks.push(stackCondition(filter, values))}] = ${Number(filter.inclusive)}`;
    if (filter.domain === null) return found;
    const isDomain = `domain = ${values.add('UInt32', filter.domain)}`;
    return filter.inclusive ? `(${isDomain} AND ${found})` : `(NOT ${isDomain} OR ${found})`;
  };
  const ofSamples = filters.flatMap((list) => {
    const including = list.filter(({ inclusive }) => inclusive).map(acceptedBy);
    const excluding = list.filter(({ inclusive }) => !inclusive).map(acceptedBy);
    return [...(including.length > 0 ? [`(${including.join(' OR ')})`] : []), ...excluding];
  });
  return { ofStacks, ofSamples };
}

function stackCondition({ filenamePattern, lineno, allFrames }: Filter, values: BoundValues): string {
  const bound = pattern(filenamePattern, values);
  const names = process.platform === 'win32' ? (name: string) => `lower(replaceAll(${name}, '/', '\\\\'))` : (name: string) => name;
  const isFile = `(match(${names('file')}, ${bound}) OR match(${names(FILE_OF_TEXT)}, ${bound}))`;
  const isLine = lineno === null ? '' : ` AND line = ${values.add('Int64', lineno)}`;
  const [files, lines] = allFrames ? ['files', 'lines'] : ['arraySlice(files, -1)', 'arraySlice(lines, -1)'];
  return `arrayExists((file, line) -> ${isFile}${isLine}, ${files}, ${lines})`;
}

function pattern(text: string, values: BoundValues): string {
  return values.add('String', patternToRe2(text));
}
