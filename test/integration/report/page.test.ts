import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Snapshot } from '../../../src/index.js';
import { hasBrowser, type Misdeeds, NO_MISDEEDS, openPage, startBrowser } from '../../helpers/browser.js';
import { runCommand } from '../../helpers/command.js';
import { reportPages } from '../../helpers/report-pages.js';
import { reapTargets } from '../../helpers/target-process.js';

const OLD = `
  main@main.js:1    main@main.js:1    main@main.js:1
  load@load.js:7    serve@serve.js:3  serve@serve.js:3
  -                 parse@/app/node_modules/json5/parse.js:9  cache@cache.js:5
  6144              1024              4096`;
const NOW = `
  main@main.js:1    main@main.js:1    main@main.js:1
  load@load.js:7    serve@serve.js:3  serve@serve.js:3
  -                 parse@/app/node_modules/json5/parse.js:9  cache@cache.js:5
  2048              1024              9216`;

let browser: Browser;
let folder = '';
let page: Page;
let misdeeds: Misdeeds;

(hasBrowser ? describe : describe.skip)('a report in a browser', () => {
  beforeAll(async () => {
    folder = await reportPages({ old: OLD, now: NOW });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await reapTargets();
  });
  afterEach(async () => {
    expect(misdeeds).toEqual(NO_MISDEEDS);
    await page.context().close();
  });

  async function open(name: string): Promise<void> {
    ({ page, misdeeds } = await openPage(browser, join(folder, name)));
  }

  /** Resolves after two animation frames: every request is drawn by then. */
  const drawn = () => page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');

  /** Moves to a point of the picture. @param part of its width, from the left @param row from its bottom */
  async function moveTo(part: number, row: number): Promise<void> {
    await drawn();
    const { x, y, width, height } = (await page.locator('canvas').boundingBox())!;
    await page.mouse.move(x + part * width, y + height - 22 * row - 11);
  }

  /** The text of the line below the picture for a point. */
  async function pointAt(part: number, row: number): Promise<string> {
    await moveTo(part, row);
    return page.locator('.pointed').innerText();
  }

  async function clickAt(part: number, row: number): Promise<void> {
    await moveTo(part, row);
    await page.mouse.down();
    await page.mouse.up();
  }

  /** Red, green and blue at a point, beside the text. */
  async function colorAt(part: number, row: number): Promise<[number, number, number]> {
    await drawn();
    return page.evaluate(`(() => {
      const picture = document.querySelector('canvas');
      const y = picture.height - (22 * ${row} + 3) * (picture.height / picture.clientHeight);
      return [...picture.getContext('2d').getImageData(${part} * picture.width, y, 1, 1).data.slice(0, 3)];
    })()`);
  }

  async function rows(): Promise<string[][]> {
    await drawn();
    return (await page.locator('tr.group').allInnerTexts()).map((row) => row.split('\t').map((cell) => cell.trim()));
  }
  const names = async () => (await rows()).map((cells) => cells.at(-1));

  it('opens with the bytes of every stack, drawn and as a table', async () => {
    await open('now.html');
    expect(await page.title()).toBe('now.tmsnap');
    expect(await page.locator('.coverage').innerText()).toMatch(/traced\s+12\.0 KiB/);
    expect(await pointAt(0.01, 0)).toBe('all 12.0 KiB, 100 %, 3 blocks');
    expect(await pointAt(0.01, 1)).toBe('main /app/main.js:1 12.0 KiB, 100 %, 3 blocks');
    expect(await pointAt(0.01, 2)).toBe('serve /app/serve.js:3 10.0 KiB, 83 %, 2 blocks');
    expect(await pointAt(0.01, 3)).toBe('cache /app/cache.js:5 9216 B, 75 %, 1 block');
    expect(await pointAt(0.9, 2)).toBe('load /app/load.js:7 2048 B, 17 %, 1 block');
    expect(await rows()).toEqual([
      ['9216 B', '75 %', '1', '9216 B', '9216 B', '/app/cache.js:5 cache'],
      ['2048 B', '17 %', '1', '2048 B', '2048 B', '/app/load.js:7 load'],
      ['1024 B', '8.3 %', '1', '1024 B', '1024 B', '/app/node_modules/json5/parse.js:9 parse'],
      ['0 B', '0.0 %', '0', '', '12.0 KiB', '/app/main.js:1 main'],
      ['0 B', '0.0 %', '0', '', '10.0 KiB', '/app/serve.js:3 serve'],
    ]);
  });

  it('zooms to a frame and back, and the table with it', async () => {
    await open('now.html');
    await clickAt(0.01, 2);
    expect(await page.locator('.path').innerText()).toBe('all › main › serve');
    expect(await pointAt(0.95, 3)).toMatch(/^parse .*1024 B, 8.3 %/);
    await expect(names()).resolves.toEqual(['/app/cache.js:5 cache', '/app/node_modules/json5/parse.js:9 parse', '/app/serve.js:3 serve']);
    await page.locator('.path button', { hasText: 'all' }).click();
    expect(await names()).toHaveLength(5);
    await clickAt(0.9, 2);
    expect(await names()).toEqual(['/app/load.js:7 load']);
    await page.locator('#reset').click();
    expect(await names()).toHaveLength(5);
    expect(await page.locator('.path').innerText()).toBe('');
  });

  it('turns upside down as an icicle', async () => {
    await open('now.html');
    const flame = await pointAt(0.01, 0);
    await page.getByText('icicle').click();
    expect(await pointAt(0.01, 3)).toBe(flame);
    expect(await pointAt(0.01, 0)).toMatch(/^cache/);
  });

  it('search marks frames, says how much they hold, and filters the table', async () => {
    await open('now.html');
    const before = await colorAt(0.8, 2);
    await page.locator('#search').fill('SERVE');
    await expect(page.locator('.found').innerText()).resolves.toBe('83 % found');
    expect(await names()).toEqual(['/app/serve.js:3 serve']);
    expect(await colorAt(0.8, 2)).not.toEqual(before);
    await page.locator('#search').fill('json5');
    expect(await page.locator('.found').innerText()).toBe('8.3 % found');
    expect(await names()).toEqual(['/app/node_modules/json5/parse.js:9 parse']);
    await page.locator('#group-by').selectOption('type');
    expect((await rows()).map((cells) => [cells[0], cells.at(-1)])).toEqual([['1024 B', '<unknown>']]);
    await page.locator('#search').fill('no such thing');
    expect(await page.locator('.found').innerText()).toBe('nothing found');
    expect(await names()).toEqual([]);
  });

  it.each([
    ['own', ['9216 B /app/cache.js:5 cache', '2048 B /app/load.js:7 load', '1024 B /app/serve.js:3 serve']],
    ['file', ['9216 B /app/cache.js', '2048 B /app/load.js', '1024 B /app/node_modules/json5/parse.js']],
    ['function', ['9216 B /app/cache.js:5 cache', '2048 B /app/load.js:7 load']],
    ['package', ['11.0 KiB <program>', '1024 B json5']],
    ['type', ['12.0 KiB <unknown>']],
    ['thread', ['12.0 KiB main']],
    ['domain', ['12.0 KiB domain 0 (JavaScript heap)']],
  ])('groups by %s', async (key, expected) => {
    await open('now.html');
    await page.locator('#group-by').selectOption(key);
    const shown = (await rows()).map((cells) => `${cells[0]} ${cells.at(-1)}`);
    expect(shown.slice(0, expected.length)).toEqual(expected);
  });

  it('--own begins with the own lines (long)', async () => {
    expect((await runCommand(['report', 'now.tmsnap', '--own', '-o', 'own.html'], { cwd: folder })).code).toBe(0);
    await open('own.html');
    expect(await page.locator('#group-by').inputValue()).toBe('own');
    expect(await names()).toContain('/app/serve.js:3 serve');
    expect(await page.locator('caption').innerText()).toMatch(/ by line of your code$/);
  });

  it('sorts by a column, in both directions', async () => {
    await open('now.html');
    const header = page.locator('thead button', { hasText: 'cumulative' });
    await header.click();
    expect((await names())[0]).toBe('/app/main.js:1 main');
    expect(await page.locator('th[aria-sort="descending"]').innerText()).toMatch(/^cumulative/);
    await header.press('Enter');
    expect((await names())[0]).toBe('/app/node_modules/json5/parse.js:9 parse');
    await page.locator('thead button', { hasText: 'line' }).click();
    expect(await names()).toEqual([...(await names())].sort());
  });

  it('shows growth in red, loss in blue, and the meaning of a width', async () => {
    await open('diff.html');
    expect(await pointAt(0.01, 0)).toBe('all +1024 B, 11.0 KiB before, 12.0 KiB, 100 %, 3 blocks');
    expect(await page.locator('.coverage').innerText()).toMatch(/traced\s+12\.0 KiB\s+11\.0 KiB before/);
    expect(await page.locator('.legend').innerText()).toMatch(
      /grey: no change\s+several, each narrower than a pixel: by the sum of their changes$/,
    );
    expect(await page.locator('.unchanged').count()).toBe(0);
    expect((await rows()).map((cells) => [cells[0], cells.at(-1)])).toEqual([
      ['+5120 B', '/app/cache.js:5 cache'],
      ['-4096 B', '/app/load.js:7 load'],
      ['+0 B', '/app/main.js:1 main'],
      ['+0 B', '/app/serve.js:3 serve'],
    ]);
    const [cache, load] = [await colorAt(0.7, 3), await colorAt(0.99, 2)];
    expect(cache[0] - cache[2]).toBeGreaterThan(60);
    expect(load[2] - load[0]).toBeGreaterThan(60);
    expect(await pointAt(0.7, 2)).toMatch(/^serve/);
    await page.getByText('before', { exact: true }).click();
    expect(await pointAt(0.7, 2)).toMatch(/^load/); // it has 6144 of 11264 bytes
    await page.locator('fieldset').getByText('change', { exact: true }).click();
    // 5120 bytes more and 4096 less are 9216 bytes of change
    expect(await pointAt(0.54, 3)).toMatch(/^cache/);
    expect(await pointAt(0.57, 2)).toMatch(/^load/);
  });

  it('frames narrower than a pixel are coloured by their sum, and by what the search finds in them (long)', async () => {
    const tiny = (size: number) =>
      Array.from({ length: 500 }, (_, i) => ({
        size,
        frames: [
          ['/app/main.js', 1],
          ['/app/tiny.js', i + 1],
        ] as [string, number][],
      }));
    const big = {
      size: 200_000,
      frames: [
        ['/app/main.js', 1],
        ['/app/big.js', 1],
      ] as [string, number][],
    };
    Snapshot.fromTraces([...tiny(10), big]).dump(join(folder, 'few.tmsnap'));
    Snapshot.fromTraces([...tiny(50), big]).dump(join(folder, 'more.tmsnap'));
    await runCommand(['report', 'more.tmsnap', '--diff', 'few.tmsnap', '-o', 'tiny.html'], { cwd: folder });
    await open('tiny.html');
    const grown = await colorAt(0.95, 2);
    expect(grown[0] - grown[2]).toBeGreaterThan(60);
    await page.locator('#search').fill('big.js');
    const unfound = await colorAt(0.95, 2);
    await page.locator('#search').fill('tiny.js:77');
    expect(await colorAt(0.95, 2)).not.toEqual(unfound);
    expect(await colorAt(0.4, 2)).toEqual(unfound);
  });

  it('makes a page for an empty snapshot, and for an empty difference (long)', async () => {
    Snapshot.fromTraces([]).dump(join(folder, 'empty.tmsnap'));
    const empty = [
      { args: ['empty.tmsnap'], caption: 'Nothing' },
      { args: ['now.tmsnap', '--diff', 'now.tmsnap'], caption: 'Nothing changed' },
      { args: ['empty.tmsnap', '--diff', 'now.tmsnap'], caption: '5 by line' },
    ];
    for (const { args, caption } of empty) {
      await runCommand(['report', ...args, '-o', 'empty.html', '--force'], { cwd: folder });
      await page?.context().close();
      await open('empty.html');
      expect(await page.locator('caption').innerText()).toBe(caption);
      expect(await page.locator('.unchanged').allInnerTexts()).toEqual(caption === 'Nothing changed' ? [caption] : []);
      if (args.length > 1) await page.locator('fieldset').getByText('change', { exact: true }).click();
      await page.locator('[role=tree]').press('ArrowUp');
      expect(await pointAt(0.5, 0)).toMatch(/^all/);
      expect(misdeeds).toEqual(NO_MISDEEDS);
    }
  });

  it('shows the oldest frames of a deep stack first, and can move to the others (long)', async () => {
    const frames = Array.from({ length: 2000 }, (_, depth) => ({
      filename: '/app/deep.js',
      lineno: depth + 1,
      functionName: `f${depth + 1}`,
    }));
    Snapshot.fromTraces([{ size: 100, frames }]).dump(join(folder, 'deep.tmsnap'));
    await runCommand(['report', 'deep.tmsnap', '-o', 'deep.html'], { cwd: folder });
    await open('deep.html');
    expect(await pointAt(0.5, 0)).toMatch(/^all/);
    expect(await pointAt(0.5, 5)).toMatch(/^f5 /);
    await page.getByText('icicle').click();
    await moveTo(0.5, 0);
    const { height } = (await page.locator('canvas').boundingBox())!;
    expect(await pointAt(0.5, Math.floor(height / 22) - 1)).toMatch(/^(all|f1 )/);
    for (let step = 0; step < 100; step++) await page.locator('[role=tree]').press('ArrowDown');
    await drawn();
    expect(await pointAt(0.5, 0)).toMatch(/^f(99|100) /);
    await page.locator('[role=tree]').press('Enter');
    expect(await page.locator('.path').innerText()).toBe('all › … › f95 › f96 › f97 › f98 › f99 › f100');
  });

  it('can be used with keys and with screen readers', async () => {
    await open('now.html');
    const current = async () => {
      const id = await page.locator('[role=tree]').getAttribute('aria-activedescendant');
      return page.locator(`#${id}[role=treeitem]`).getAttribute('aria-label');
    };
    await page.locator('[role=tree]').focus();
    expect(await current()).toMatch(/^all, 12\.0 KiB/);
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowRight']) await page.keyboard.press(key);
    expect(await current()).toBe('load /app/load.js:7, 2048 B, 17 %, 1 block');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    expect(await page.locator('.path').innerText()).toBe('all › main › serve');
    await page.keyboard.press('Backspace');
    expect(await page.locator('.path').innerText()).toBe('all › main');
    await page.keyboard.press('ArrowDown');
    expect(await current()).toMatch(/^main/);
    await page.keyboard.press('Escape');
    expect(await page.locator('.path').innerText()).toBe('');
    await page.keyboard.press('/');
    await page.keyboard.type('load');
    expect(await names()).toEqual(['/app/load.js:7 load']);
    await page.locator('tr.group button').press('Enter');
    await drawn();
    expect(await page.locator('tr.group button').getAttribute('aria-expanded')).toBe('true');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('/app/load.js:7 load');
  });
});
