/** The verbs that read saved snapshots, of one process or of many. They are one file of the bundle, because they share most code, and each file costs a start about 1 ms. */
export * as diff from './diff.js';
export * as export from './export.js';
export * as fleet from './fleet/fleet-verbs.js';
export * as report from './report.js';
export * as stats from './stats.js';
