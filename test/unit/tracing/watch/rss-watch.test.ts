import { describe, expect, it, test } from '@jest/globals';
import { UnsupportedError, UsageError } from '../../../../src/errors.js';
import { checkRssLimit, RssSteps, watchRss } from '../../../../src/tracing/watch/rss-watch.js';

describe('a limit of resident memory', () => {
  it.each([1, 4e8, '400MiB', '1.5 GiB', '500kB', '85%', '0.5 %', '100%'])('may be %p', (limit) => {
    expect(() => checkRssLimit(limit)).not.toThrow();
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '', '0', '0%', '101%', '-5%', '85 percent', 'much'])('may not be %p', (limit) => {
    expect(() => checkRssLimit(limit)).toThrow(UsageError);
  });

  it('is passed once, and again at each further tenth, however far a step goes', () => {
    const steps = new RssSteps(1000);
    const passed = [999, 1000, 1050, 500, 1099, 1100, 1100, 1450, 1499, 900, 1500].filter((rss) => steps.passes(rss));
    expect(passed).toEqual([1000, 1100, 1450, 1500]);
    expect(steps.passed).toBe(1500);
  });
});

test('a process that is not here cannot be watched', () => {
  for (const pid of [null, 2 ** 22 + 1]) expect(() => watchRss(pid, '85%', () => {})).toThrow(UnsupportedError);
});
