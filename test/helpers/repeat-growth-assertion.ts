import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { frameJson } from '../../src/model/traceback-json.js';
import { assertNoGrowth, GrowthError } from '../../src/testing/assert-no-growth.js';
import type { GrowthTestOptions } from '../../src/testing/growth-options.js';
import type { GrowthRun } from './growth-runs.js';

/* Asserts on the functions of the given files, one after the other, as often as asked. Prints each run as a line of JSON. */

interface Subject {
  readonly work: () => unknown;
  readonly options?: GrowthTestOptions;
  readonly end?: () => unknown;
}

const [runs, ...files] = process.argv.slice(2);
const require = createRequire(import.meta.url);
for (const file of files) {
  const subject = require(file) as Subject;
  for (let run = 0; run < Number(runs); run++) writeSync(1, `${JSON.stringify(await asserted(file, subject))}\n`);
  await subject.end?.();
}

async function asserted(file: string, { work, options }: Subject): Promise<GrowthRun> {
  const start = performance.now();
  try {
    await assertNoGrowth(work, options);
    return { file, ms: performance.now() - start, message: null, rows: [] };
  } catch (error) {
    if (!(error instanceof GrowthError)) throw error;
    const rows = error.growth.map(({ traceback, sizes, counts }) => ({ places: traceback.frames.map(frameJson), sizes, counts }));
    return { file, ms: performance.now() - start, message: error.message, rows };
  }
}
