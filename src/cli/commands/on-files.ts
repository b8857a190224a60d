/** The verbs that read saved snapshots: one file of the bundle, since each file costs a start about a millisecond and they share most of it. */
export * as diff from './diff.js';
export * as export from './export.js';
export * as report from './report.js';
export * as stats from './stats.js';
