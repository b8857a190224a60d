import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Series, Snapshot } from '../../../src/index.js';
import { hasBrowser, NO_MISDEEDS, openPage, startBrowser } from '../../helpers/browser.js';
import { runCommand } from '../../helpers/command.js';
import { roundOf } from '../../helpers/series-simulation.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

const HOSTILE: Readonly<Record<string, string>> = {
  'an end of the script': '</script><script>alert(1)</script>',
  'an end of the data and a comment': '<!--<script>alert(2)//--></style></title>',
  'an image with a handler': '<img src=x onerror=alert(3)>',
  'an image from elsewhere': '<img src="https://example.invalid/x.png">"><iframe src=//example.invalid>',
  '10 kB': `long${'x'.repeat(10_000)}end`,
  'right to left': '\u202egnp.exe \u05e9\u05dc\u05d5\u05dd\u2066\u200f',
  'control characters': 'a\0b\u001b[31mc\rd\ne\u0085f\u2028g',
  'half a character': 'x\ud800y',
  'a style': 'x" style="background:url(https://example.invalid)" y="',
  'a prototype': '__proto__',
};

let browser: Browser;
let folder = '';

(hasBrowser ? describe : describe.skip)('hostile names (long)', () => {
  beforeAll(async () => {
    folder = temporaryFolder();
    const traces = Object.values(HOSTILE).map((name, index) => ({
      size: 1000 * (index + 1),
      thread: name,
      type: name,
      label: name,
      frames: [
        { filename: '/app/main.js', lineno: 1, functionName: 'main' },
        { filename: `/app/node_modules/${name}/${name}.js`, lineno: 7, functionName: name },
      ],
    }));
    const rounds = [1, 2, 3, 4, 5, 6].map((round) =>
      roundOf(Array.from({ length: round }, (_, i) => traces.map((trace, at) => ({ ...trace, birth: 100 * i + at }))).flat()),
    );
    Series.of(rounds).dump(join(folder, '<img src=x onerror=alert(5)>.tmseries'));
    Snapshot.fromTraces(traces).dump(join(folder, 'now.tmsnap'));
    Snapshot.fromTraces(traces.slice(0, 3)).dump(join(folder, '<img src=x onerror=alert(4)>.tmsnap'));
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await reapTargets();
  });

  it.each(['line', 'file', 'function', 'package', 'type', 'thread', 'domain', 'label'])('are only text, by %s', async (key) => {
    const result = await runCommand(
      ['report', 'now.tmsnap', '--diff', '<img src=x onerror=alert(4)>.tmsnap', '-o', `${key}.html`, '--force'],
      {
        cwd: folder,
      },
    );
    expect(result).toMatchObject({ code: 0 });
    const { page, misdeeds } = await openPage(browser, join(folder, `${key}.html`));
    await page.locator('#group-by').selectOption(key);
    await page.locator('#label').selectOption({ index: 1 });
    const row = page.locator('tr.group').nth(0);
    await row.locator('button').click();
    const canvas = (await page.locator('canvas').boundingBox())!;
    for (let part = 0.01; part < 1; part += 0.05) await page.mouse.move(canvas.x + part * canvas.width, canvas.y + 11);
    await page.mouse.click(canvas.x + 10, canvas.y + 11);
    await page.locator('#search').fill('<img');
    await page.locator('.found').getByText('found').waitFor();
    await expectInert(page, '<img src=x onerror=alert(4)>.tmsnap');
    expect(misdeeds).toEqual(NO_MISDEEDS);
    await page.context().close();
  });

  it.each(['line', 'package', 'type', 'thread', 'label'])('are only text in the page of a series, by %s', async (key) => {
    const args = ['report', '<img src=x onerror=alert(5)>.tmseries', '-o', 'series.html', '--force'];
    expect(await runCommand(args, { cwd: folder })).toMatchObject({ code: 0 });
    const { page, misdeeds } = await openPage(browser, join(folder, 'series.html'));
    await page.locator('#group-by-over-rounds').selectOption(key);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await page.locator('table.growth button').first().click();
    const chart = (await page.locator('[role=slider]').boundingBox())!;
    for (let part = 0.01; part < 1; part += 0.05) await page.mouse.move(chart.x + 0.9 * chart.width, chart.y + part * chart.height);
    await page.locator('[role=slider]').press('ArrowLeft');
    await expectInert(page, 'alert(5)>.tmseries');
    expect(misdeeds).toEqual(NO_MISDEEDS);
    await page.context().close();
  });

  it('cannot end the data, whatever they are', async () => {
    const html = readFileSync(join(folder, 'line.html'), 'utf8');
    const data = /<script type="application\/json" id="report">(.*?)<\/script>\n<script>/s.exec(html)![1]!;
    expect(data).not.toContain('<');
    const names: string[] = JSON.parse(data).names;
    expect(names).toContain(HOSTILE['an end of the script']);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThan(400);
  });

  it('cannot run or load anything, because a policy forbids it', async () => {
    const { page } = await openPage(browser, join(folder, 'line.html'));
    const blocked: unknown[] = [];
    page.on('requestfailed', (request) => blocked.push([request.url(), request.failure()?.errorText]));
    page.on('requestfinished', (request) => blocked.push([request.url(), 'finished']));
    const outcome = await page.evaluate(`new Promise((done) => {
      const violated = new Set();
      const thrown = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        violated.add(effectiveDirective);
        if (violated.has('img-src') && violated.has('style-src-attr')) done({ thrown, title: document.title });
      });
      const attempts = [
        (image) => image.setAttribute('onerror', 'document.title = "run"'),
        () => document.body.appendChild(document.createElement('script')).append('document.title = "run"'),
        () => { document.body.innerHTML = '<b>x</b>'; },
        (image) => { image.src = 'https://example.invalid/x.png'; },
        () => document.body.setAttribute('style', 'color: red'),
      ];
      for (const attempt of attempts) {
        try {
          attempt(document.body.appendChild(document.createElement('img')));
        } catch (error) {
          thrown.push(error.name);
        }
      }
    })`);
    expect(outcome).toEqual({ thrown: ['TypeError', 'TypeError'], title: expect.not.stringContaining('run') });
    expect(blocked).toEqual([['https://example.invalid/x.png', 'csp']]); // the policy blocked the request before it was sent
    await page.context().close();
  });
});

/** Names have made no element, and no character that a page must not show. */
async function expectInert(page: Page, title: string): Promise<void> {
  expect(await page.locator('img, iframe, tr script, [onerror], h1 *:not(bdi)').count()).toBe(0);
  expect(await page.locator('script').count()).toBe(2);
  const shown = await page.locator('body').innerText();
  expect(shown).toContain(title);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
  expect(shown).not.toMatch(/[\0-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udbff](?![\udc00-\udfff])/);
}
