import { Filter } from '../../snapshot/filter.js';

/** Keep what the program's own code has allocated, directly or in Node's functions. The name of a file is an absolute path. */
export const PROGRAM_CODE = ['/*', '?:\\*', '<anonymous>', '<collected script>', 'evalmachine.*'].map(
  (name) => new Filter(true, name, { allFrames: true }),
);
