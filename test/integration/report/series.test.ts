import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { hasBrowser, type Misdeeds, NO_MISDEEDS, openPage, startBrowser } from '../../helpers/browser.js';
import { seriesPage } from '../../helpers/report-pages.js';
import { reapTargets } from '../../helpers/target-process.js';

let browser: Browser;
let folder = '';
let page: Page;
let misdeeds: Misdeeds;

(hasBrowser ? describe : describe.skip)('the report of a series in a browser', () => {
  beforeAll(async () => {
    folder = await seriesPage();
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await reapTargets();
  });
  beforeEach(async () => {
    ({ page, misdeeds } = await openPage(browser, join(folder, 'series.html')));
    await drawn();
  });
  afterEach(async () => {
    expect(misdeeds).toEqual(NO_MISDEEDS);
    await page.context().close();
  });

  const drawn = () => page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const slider = () => page.locator('[role=slider]');
  async function textsOf(rows: string): Promise<string[][]> {
    await drawn();
    return (await page.locator(rows).allInnerTexts()).map((row) => row.split('\t').map((cell) => cell.trim()));
  }
  const growth = () => textsOf('table.growth tr.group');
  /** The rows of the table of the chosen round: size and name. */
  const below = async () =>
    (await textsOf('table:not(.growth) tr.group')).map((cells) => `${cells[0]} ${cells.at(-1)}`).filter((row) => !row.startsWith('0 B'));

  it('says first what leaks, and names each group with its verdict, slope and bytes', async () => {
    expect(await page.locator('.headline').innerText()).toMatch(/^1 leak\s+\/app\/app\.js:7 keep \+1000 B a round$/);
    expect(await page.locator('.kind').innerText()).toBe('What grew in 6 rounds');
    expect(await page.locator('.growth caption').innerText()).toBe('3 by line: 1 leaks, 2 level');
    const rows = (await growth()).map((cells) => cells.filter((cell) => cell !== ''));
    expect(rows).toEqual([
      ['leaks', '+1000 B', '6000 B', expect.stringMatching(/^A\s*\/app\/app\.js:7 keep$/)],
      ['level', '+0 B', '5000 B', expect.stringMatching(/^B\s*\/app\/cache\.js:5 put$/)],
      ['level', '+0 B', '2048 B', expect.stringMatching(/^C\s*\/app\/node_modules\/json5\/parse\.js:9 parse$/)],
    ]);
    const labels = await page
      .locator('table.growth svg')
      .evaluateAll((drawings) => drawings.map((drawing) => drawing.getAttribute('aria-label')));
    expect(labels).toEqual([
      'from 1000 B to 6000 B',
      '6 of 6 rounds left something that is alive',
      'from 5000 B to 5000 B',
      '1 of 6 rounds left something that is alive',
      'from 2048 B to 2048 B',
      '1 of 6 rounds left something that is alive',
    ]);
  });

  it('draws the bytes of each round, stacked, and has the same figures as a table', async () => {
    const heights = (await page.evaluate(`['layer-0', 'layer-1', 'layer-2'].map((name) => [...document.querySelectorAll('.rounds .' + name)]
      .flatMap((layer) => [...layer.getAttribute('d').matchAll(/v([\\d.]+)h/g)].map(([, height]) => Number(height))))`)) as number[][];
    const bytes = heights.map((layer) => layer.map((height) => height * (1000 / heights[0]![0]!)));
    for (const [round, kept] of bytes[0]!.entries()) expect(kept / (1000 * (round + 1))).toBeCloseTo(1, 1);
    for (const cached of bytes[1]!) expect(cached / 5000).toBeCloseTo(1, 1);
    expect(bytes.map((layer) => layer.length)).toEqual([6, 6, 6]);
    await page.locator('summary', { hasText: 'The rounds as a table' }).press('Enter');
    const table = await textsOf('.as-table tbody tr');
    expect(table.slice(0, 2)).toEqual([
      ['1 (warm-up)', '00:00:10', '8048 B', '1000 B', '5000 B', '2048 B', 'unknown', 'unknown'],
      ['2', '00:00:11', '9048 B', '2000 B', '5000 B', '2048 B', 'unknown', 'unknown'],
    ]);
    expect(table).toHaveLength(6);
  });

  it('keys choose the round of the flame graph and of the table', async () => {
    expect(await below()).toEqual([
      '6000 B /app/app.js:7 keep',
      '5000 B /app/cache.js:5 put',
      '2048 B /app/node_modules/json5/parse.js:9 parse',
    ]);
    await slider().focus();
    expect(await slider().getAttribute('aria-valuetext')).toBe('round 6, 00:00:15 UTC: 12.7 KiB traced');
    for (const key of ['ArrowLeft', 'ArrowDown']) await page.keyboard.press(key);
    expect(await slider().getAttribute('aria-valuetext')).toBe('round 4, 00:00:13 UTC: 10.8 KiB traced');
    expect(await below()).toEqual([
      '5000 B /app/cache.js:5 put',
      '4000 B /app/app.js:7 keep',
      '2048 B /app/node_modules/json5/parse.js:9 parse',
    ]);
    expect(await page.locator('.details .pointed').innerText()).toBe('all 10.8 KiB, 100 %, 6 blocks');
    expect(await page.locator('main section').last().locator('caption').innerText()).toBe('4 by line, in round 4');
    expect(await page.locator('#round').inputValue()).toBe('3');
    await page.keyboard.press('Home');
    expect(await slider().getAttribute('aria-valuetext')).toBe('round 1 (warm-up), 00:00:10 UTC: 8048 B traced');
    await page.locator('#round').selectOption({ label: '2, 00:00:11' });
    expect(await slider().getAttribute('aria-valuenow')).toBe('2');
    await page.locator('#reset').click();
    expect(await slider().getAttribute('aria-valuenow')).toBe('6');
  });

  it('a click chooses a round, and the pointer tells a layer', async () => {
    const { x, y, width } = (await slider().boundingBox())!;
    const at = (round: number) => x + 72 + ((width - 72 - 26) / 6) * (round - 0.5);
    await page.mouse.move(at(3), y + 205);
    expect(await page.locator('.round-text').innerText()).toBe('round 3, 00:00:12 UTC: 10048 B traced; 3000 B, 30 % /app/app.js:7 keep');
    await page.mouse.click(at(3), y + 205);
    expect(await slider().getAttribute('aria-valuenow')).toBe('3');
    expect((await below())[1]).toBe('3000 B /app/app.js:7 keep');
  });

  it('keys choose a label, whose bytes the flame graph and the table then have, in any round (long)', async () => {
    expect(await page.locator('#label option').allInnerTexts()).toEqual(['all', 'POST /login', 'GET /users/:id', '(none)']);
    await page.locator('#label').focus();
    await page.keyboard.press('ArrowDown');
    expect(await below()).toEqual(['6000 B /app/app.js:7 keep']);
    expect(await page.locator('.details .pointed').innerText()).toBe('all 6000 B, 100 %, 6 blocks');
    expect(await page.locator('main section').last().locator('caption').innerText()).toBe('2 by line, in round 6, for POST /login');
    await slider().press('Home');
    expect(await below()).toEqual(['1000 B /app/app.js:7 keep']);
    await page.locator('#reset').click();
    expect(await page.locator('#label').inputValue()).toBe('all');
    expect(await below()).toHaveLength(3);
  });

  it.each([
    ['own', ['leaks /app/app.js:7 keep', 'level /app/cache.js:5 put', 'level /app/main.js:1 main']],
    ['package', ['leaks <program>', 'level json5']],
    ['type', ['leaks Session', 'level Array', 'level Object']],
    ['thread', ['leaks main']],
    ['label', ['leaks POST /login', 'level (none)', 'level GET /users/:id']],
  ])('groups by %s in both tables', async (key, expected) => {
    await page.locator('#group-by-over-rounds').selectOption(key);
    expect(await page.locator('#group-by').inputValue()).toBe(key);
    expect((await growth()).map((cells) => `${cells[0]} ${cells.at(-1)!.replace(/^[A-Z]\s*/, '')}`)).toEqual(expected);
  });

  it('a selected row shows its figures by round, and is marked below', async () => {
    await page.locator('table.growth button', { hasText: 'keep' }).press('Enter');
    await drawn();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('/app/app.js:7 keep');
    expect(await page.locator('table.growth button').first().getAttribute('aria-expanded')).toBe('true');
    expect((await textsOf('.figures-by-round tbody tr')).slice(0, 2)).toEqual([
      ['1 (warm-up)', '1000 B', '1000 B'],
      ['2', '2000 B', '1000 B'],
    ]);
    expect(await page.locator('table:not(.growth) tr.selected').innerText()).toContain('keep');
    await page.locator('#search').fill('cache');
    expect((await growth()).map((cells) => cells.at(-1))).toEqual([expect.stringMatching(/cache\.js:5 put$/)]);
  });
});
