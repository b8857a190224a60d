import { createRequire } from 'node:module';

// The types of the package describe what `require` gives.
const { default: JestsOrder } = createRequire(import.meta.url)('@jest/test-sequencer') as typeof import('@jest/test-sequencer');
type Tests = Parameters<InstanceType<typeof JestsOrder>['sort']>[0];

/** Takes minutes, whatever runs beside it. If it began last, the run would wait for it alone. */
const TAKES_MINUTES = 'many-attaches.test.js';

/** Jest's own order, which goes by the durations of the last run if it knows them, but with the file that takes minutes first. */
export default class MinutesFirst extends JestsOrder {
  override async sort(tests: Tests): Promise<Tests> {
    const sorted = await super.sort(tests);
    return sorted.toSorted((a, b) => Number(b.path.endsWith(TAKES_MINUTES)) - Number(a.path.endsWith(TAKES_MINUTES)));
  }
}
