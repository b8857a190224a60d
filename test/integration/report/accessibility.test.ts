import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { hasBrowser, openPage, startBrowser } from '../../helpers/browser.js';
import { reportPages, seriesPage } from '../../helpers/report-pages.js';
import { reapTargets } from '../../helpers/target-process.js';

const AXE = axe.source;

const OLD = `
  handleRequest@/srv/application/src/http/server.js:120  handleRequest@/srv/application/src/http/server.js:120
  parseBody@/srv/application/node_modules/body-parser/lib/types/json.js:73  readFile@node:fs:460
  600  9000`;
const NOW = `
  handleRequest@/srv/application/src/http/server.js:120  handleRequest@/srv/application/src/http/server.js:120  -
  parseBody@/srv/application/node_modules/body-parser/lib/types/json.js:73  readFile@node:fs:460  <GC>:0
  9600  900  400`;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

let browser: Browser;
let folder = '';
let seriesFolder = '';

(hasBrowser ? describe : describe.skip)('the report, for everybody (long)', () => {
  beforeAll(async () => {
    folder = await reportPages({ old: OLD, now: NOW });
    seriesFolder = await seriesPage();
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await reapTargets();
  });

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(AXE);
    const result = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as { violations: readonly Violation[] };
    return result.violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
  }

  it.each([
    ['now.html', 'light', 1280],
    ['now.html', 'dark', 1280],
    ['now.html', 'light', 400],
    ['diff.html', 'dark', 400],
    ['diff.html', 'light', 1280],
  ] as const)('%s, %s, %d pixels wide: no finding of axe, in any state', async (name, colorScheme, width) => {
    const { page } = await openPage(browser, join(folder, name), { colorScheme, viewport: { width, height: 800 } });
    expect(await violations(page)).toEqual([]);
    await page.locator('[role=tree]').press('ArrowUp');
    await page.locator('[role=tree]').press('Enter');
    await page.locator('#search').fill('e');
    await page.locator('tr.group button').first().click();
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 400],
  ] as const)('a series, %s, %d pixels wide: no finding of axe, in any state', async (colorScheme, width) => {
    const { page } = await openPage(browser, join(seriesFolder, 'series.html'), { colorScheme, viewport: { width, height: 800 } });
    expect(await violations(page)).toEqual([]);
    await page.locator('[role=slider]').press('ArrowLeft');
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.locator('table.growth button').first().click();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.context().close();
  });

  it('if the selected frame has no width in another measure, its caller is selected', async () => {
    const { page } = await openPage(browser, join(folder, 'diff.html'));
    const tree = page.locator('[role=tree]');
    const current = async () => {
      const item = page.locator(`#${await tree.getAttribute('aria-activedescendant')}`);
      const attributes = ['aria-label', 'aria-posinset', 'aria-setsize'].map((name) => item.getAttribute(name));
      return (await Promise.all(attributes)).map((value) => value!.replace(/,.*/, ''));
    };
    await tree.press('ArrowUp');
    await tree.press('ArrowRight');
    expect(await current()).toEqual(['<GC>', '2', '2']);
    await page.getByText('before', { exact: true }).click();
    expect(await current()).toEqual(['all', '1', '1']);
    await tree.press('ArrowUp');
    expect(await current()).toEqual(['handleRequest /srv/application/src/http/server.js:120', '1', '1']);
    await page.context().close();
  });

  it.each([400, 320])('at %d pixels nothing is wider than the page, and names are readable', async (width) => {
    const { page } = await openPage(browser, join(folder, 'now.html'), { viewport: { width, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const table = (await page.locator('table').boundingBox())!;
    const nameWidth = (await page.locator('tr.group th').first().boundingBox())!.width;
    expect(table.width).toBeLessThanOrEqual(width);
    expect(nameWidth).toBeGreaterThan(width / 3);
    await page.context().close();
  });
});
