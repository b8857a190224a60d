import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { main } from '../../src/cli/main.js';
import { attach, Series, type Snapshot } from '../../src/index.js';
import { openPage, startBrowser } from '../helpers/browser.js';
import { repoPath } from '../helpers/paths.js';
import { reapTargets, temporaryFolder } from '../helpers/target-process.js';
import { startService, visit } from './leaky-service.js';

const VISITORS = 2000;
/** After a warm-up. */
const ROUNDS = 6;
const IMAGES = repoPath('docs/images');

interface Shot {
  readonly name: string;
  readonly report: string;
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
  readonly prepare?: (page: Page) => Promise<void>;
}

/** Makes the pictures of the docs: reports of the demo's service. Uses the browser of the tests, so run these first. */
const folder = temporaryFolder();
const service = await startService();
try {
  const tracer = await attach(service.inspectorUrl);
  await tracer.start({ nframe: 25, interval: 1024, lines: true });
  for (const name of ['before', 'after']) {
    await visit(service, name === 'before' ? 0 : VISITORS, VISITORS);
    (await tracer.takeSnapshot()).dump(join(folder, `${name}.tmsnap`));
  }
  await tracer.clearTraces(); // a series begins with its own rounds
  const rounds: Snapshot[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    await visit(service, (2 + round) * VISITORS, VISITORS);
    rounds.push(await tracer.takeSnapshot());
  }
  Series.of(rounds).dump(join(folder, 'series.tmseries'));
  await tracer.close();
} finally {
  service.child.kill();
}
process.chdir(repoPath());
const [before, after] = [join(folder, 'before.tmsnap'), join(folder, 'after.tmsnap')];
await main(['report', after, '-o', join(folder, 'one.html'), '--embed-sources']);
await main(['report', after, '--diff', before, '-o', join(folder, 'diff.html')]);
await main(['report', join(folder, 'series.tmseries'), '--own', '-o', join(folder, 'series.html')]);

const openFirstRow = (page: Page) => page.locator('tr.group button').first().click();
const SHOTS: readonly Shot[] = [
  { name: 'report', report: 'one', colorScheme: 'light', width: 1200, height: 1180, prepare: openFirstRow },
  { name: 'report-dark', report: 'one', colorScheme: 'dark', width: 1200, height: 1180, prepare: openFirstRow },
  { name: 'report-diff', report: 'diff', colorScheme: 'light', width: 1200, height: 980 },
  { name: 'report-diff-dark', report: 'diff', colorScheme: 'dark', width: 1200, height: 980 },
  { name: 'report-series', report: 'series', colorScheme: 'light', width: 1200, height: 1040 },
  { name: 'report-series-dark', report: 'series', colorScheme: 'dark', width: 1200, height: 1040 },
];

mkdirSync(IMAGES, { recursive: true });
const browser = await startBrowser();
for (const shot of SHOTS) await take(browser, shot);
await browser.close();
await reapTargets();

async function take(browser: Browser, { name, report, colorScheme, width, height, prepare }: Shot): Promise<void> {
  const { page } = await openPage(browser, join(folder, `${report}.html`), { colorScheme, viewport: { width, height } });
  await prepare?.(page);
  await page.mouse.move(0, 0);
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
  await page.context().close();
}
