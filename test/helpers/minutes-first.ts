import { createRequire } from 'node:module';

// The types of the package describe what `require` gives.
const { default: JestsOrder } = createRequire(import.meta.url)('@jest/test-sequencer') as typeof import('@jest/test-sequencer');
type Tests = Parameters<InstanceType<typeof JestsOrder>['sort']>[0];

/** They take a minute or more. If one of them began last, the run would wait for it alone. */
const TAKE_MINUTES = /(corpus|example|many-attaches|killed-controller)\.test\.js$/;

/** Jest's own order, which goes by the durations of the last run if it knows them, but with the files that take minutes first. */
export default class MinutesFirst extends JestsOrder {
  override async sort(tests: Tests): Promise<Tests> {
    const sorted = await super.sort(tests);
    return sorted.toSorted((a, b) => Number(TAKE_MINUTES.test(b.path)) - Number(TAKE_MINUTES.test(a.path)));
  }
}
