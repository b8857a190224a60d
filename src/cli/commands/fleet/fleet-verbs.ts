/** The verbs of `tracemalloc fleet`. */
export * as diff from './fleet-diff.js';
export * as export from './fleet-export.js';
export * as init from './fleet-init.js';
export * as leaks from './fleet-leaks.js';
export * as report from './fleet-page.js';
export * as push from './fleet-push.js';
export * as stats from './fleet-stats.js';
