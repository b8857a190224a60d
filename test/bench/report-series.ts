import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { Series, type Snapshot } from '../../src/index.js';
import { buildSeriesReport } from '../../src/report/html/build-report.js';
import { htmlDocument } from '../../src/report/html/document.js';
import { writeFile } from '../../src/snapshot/file/atomic-write.js';
import { openPage, startBrowser } from '../helpers/browser.js';
import { randomBelow, seededRandom } from '../helpers/random.js';
import { roundOf } from '../helpers/series-simulation.js';
import { reapTargets, temporaryFolder } from '../helpers/target-process.js';
import { median, printTable, timed } from './measure.js';
import { DRAWN } from './report.js';

const REPEATS = 5;
const STACKS = 20_000;
/** Samples that stay, and new samples a round, which live for some rounds. */
const STAYING = 10_000;
const COMING = 1500;
const LONGEST_LIFE = 20;

/** The processor time to make the report of a series, and the time to open and use it. */
export async function benchSeriesReport(): Promise<void> {
  const folder = temporaryFolder();
  const browser = await startBrowser();
  const rows = [['rounds', 'samples', 'with stacks', 'page', 'make', 'open', 'another round']];
  for (const count of [10, 30, 100]) {
    const series = Series.of(rounds(count));
    const before = process.cpuUsage();
    const data = buildSeriesReport(series, { title: 'bench', own: false, embedSources: false, cwd: '/', warmup: 1 });
    const html = Buffer.concat(htmlDocument(data));
    const { user, system } = process.cpuUsage(before);
    const withStacks = data.series!.rounds.filter(({ hasStacks }) => hasStacks).length;
    const file = join(folder, `${count}.html`);
    writeFile(file, [html]);
    const times: (readonly number[])[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) times.push(await measure(browser, file));
    const [open, other] = [0, 1].map((index) => `${median(times.map((one) => one[index]!)).toFixed(0)} ms`);
    const samples = STAYING + count * COMING;
    rows.push([
      `${count}`,
      `${samples}`,
      `${withStacks}`,
      `${(html.length / 2 ** 20).toFixed(1)} MiB`,
      `${((user + system) / 1000).toFixed(0)} ms`,
      open!,
      other!,
    ]);
  }
  printTable(rows);
  await browser.close();
  await reapTargets();
}

async function measure(browser: Browser, file: string): Promise<number[]> {
  const { page } = await openPage(browser, file);
  const open = (await page.evaluate(DRAWN)) as number;
  await page.locator('[role=slider]').focus();
  const other = await timed(async () => {
    await page.keyboard.press('ArrowLeft');
    await page.evaluate(DRAWN);
  });
  await page.context().close();
  return [open, other];
}

function* rounds(count: number): Iterable<Snapshot> {
  const random = seededRandom(1);
  const stacks = Array.from({ length: STACKS }, (_, index) => [
    ...Array.from({ length: 24 }, (__, depth) => ({
      filename: `/app/${depth}.js`,
      lineno: 1 + randomBelow(random, depth < 6 ? 3 : 6),
      functionName: `f${depth}`,
    })),
    { filename: '/app/leaf.js', lineno: 1 + index, functionName: 'leaf' },
  ]);
  let births = 0;
  const sample = (dies: number) => ({ birth: ++births, size: 32_768, count: 512, frames: stacks[randomBelow(random, STACKS)]!, dies });
  let alive = Array.from({ length: STAYING }, () => sample(Number.POSITIVE_INFINITY));
  for (let round = 0; round < count; round++) {
    alive = alive.filter(({ dies }) => dies >= round);
    for (let i = 0; i < COMING; i++) alive.push(sample(round + randomBelow(random, LONGEST_LIFE)));
    yield roundOf(
      alive.map(({ dies: _, ...trace }) => trace),
      { mode: 'sampling', interval: 32_768 },
    );
  }
}
