import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Snapshot } from '../../src/index.js';
import { buildReport } from '../../src/report/html/build-report.js';
import { htmlDocument } from '../../src/report/html/document.js';
import { writeFile } from '../../src/snapshot/file/atomic-write.js';
import { openPage, startBrowser } from '../helpers/browser.js';
import { randomBelow, seededRandom } from '../helpers/random.js';
import { reapTargets, temporaryFolder } from '../helpers/target-process.js';
import { median, printTable, timed } from './measure.js';

const ROUNDS = 5;
/** Waits for the second animation frame after a request, because its result is on the screen then. */
export const DRAWN = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))';
/** The times between frames during a zoom, in ms. */
const FRAMES = `new Promise((done) => {
  const times = [];
  let last = performance.now();
  const tick = (now) => {
    times.push(now - last);
    last = now;
    if (times.length < 20) requestAnimationFrame(tick);
    else done(times);
  };
  requestAnimationFrame(tick);
})`;

/** The time to make, open and use a report with many distinct tracebacks of 25 frames. */
export async function benchReport(): Promise<void> {
  const folder = temporaryFolder();
  const browser = await startBrowser();
  const rows = [['tracebacks', 'nodes', 'page', 'make', 'open', 'worst frame of a zoom', 'search']];
  for (const count of [1000, 20_000, 100_000]) {
    const snapshot = manyTracebacks(count);
    let [html, nodes] = [Buffer.alloc(0), 0];
    const make = await timed(() => {
      const data = buildReport(snapshot, { title: 'bench', old: null, own: false, embedSources: false, cwd: '/' });
      nodes = data.tree.depth.length;
      html = Buffer.concat(htmlDocument(data));
    });
    const file = join(folder, `${count}.html`);
    writeFile(file, [html]);
    const times: (readonly number[])[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await measure(browser, file));
    const [open, frame, search] = [0, 1, 2].map((index) => median(times.map((round) => round[index]!)));
    const ms = (value: number | undefined) => `${value!.toFixed(0)} ms`;
    rows.push([`${count}`, `${nodes}`, `${(html.length / 2 ** 20).toFixed(1)} MiB`, ms(make), ms(open), ms(frame), ms(search)]);
  }
  printTable(rows);
  await browser.close();
  await reapTargets();
}

async function measure(browser: Browser, file: string): Promise<number[]> {
  const { page } = await openPage(browser, file, { reducedMotion: 'no-preference' });
  const open = (await page.evaluate(DRAWN)) as number;
  const frame = Math.max(...(await framesOfZoom(page)));
  const search = await timed(async () => {
    await page.locator('#search').fill('leaf');
    await page.evaluate(DRAWN);
  });
  await page.context().close();
  return [open, frame, search];
}

async function framesOfZoom(page: Page): Promise<number[]> {
  const canvas = (await page.locator('canvas').boundingBox())!;
  const frames = page.evaluate(FRAMES) as Promise<number[]>;
  await page.mouse.click(canvas.x + canvas.width / 2, canvas.y + canvas.height - 60);
  return frames;
}

function manyTracebacks(count: number): Snapshot {
  const random = seededRandom(1);
  const callers = (depth: number) => ({
    filename: `/app/${depth}.js`,
    lineno: 1 + randomBelow(random, depth < 6 ? 3 : 6),
    functionName: `f${depth}`,
  });
  return Snapshot.fromTraces(
    Array.from({ length: count }, (_, index) => ({
      size: 16 + randomBelow(random, 100_000),
      frames: [
        ...Array.from({ length: 24 }, (_, depth) => callers(depth)),
        { filename: '/app/leaf.js', lineno: 1 + index, functionName: 'leaf' },
      ],
    })),
  );
}
