import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { FolderStore } from '../../../src/store/folder/folder-store.js';
import { hasBrowser, openPage, startBrowser } from '../../helpers/browser.js';
import { runCommand } from '../../helpers/command.js';
import { simulateService } from '../../helpers/fleet-simulation.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

const HOSTILE = '2.1</script><script>alert(1)</script>';

let browser: Browser;
let folder = '';

(hasBrowser ? describe : describe.skip)('the page of a fleet', () => {
  beforeAll(async () => {
    folder = temporaryFolder();
    const lines = [
      { kind: 'turnover', samples: 20, hours: 0.05 },
      { kind: 'leak', rate: 8 * 2 ** 20 },
    ] as const;
    const store = new FolderStore(join(folder, 'fleet'));
    await store.push([
      ...simulateService({
        service: 'api',
        seed: 2,
        startMs: Date.UTC(2026, 0, 1),
        profiles: 8,
        everyMs: 600_000,
        releases: [
          { release: '2.0', processes: 3, lines: lines.slice(0, 1) },
          { release: HOSTILE, processes: 3, lines },
        ],
      }),
    ]);
    const args = ['fleet', 'report', 'folder:fleet', '--release', HOSTILE, '--against', '2.0', '-o', 'fleet.html'];
    expect(await runCommand(args, { cwd: folder })).toMatchObject({ code: 0, stderr: 'report written as fleet.html\n' });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await reapTargets();
  });

  it('shows a line for each release, the leak, and what changed in the stacks; it asks for nothing and runs nothing of the data', async () => {
    const { page, misdeeds } = await openPage(browser, join(folder, 'fleet.html'));
    await page.locator('.history path.release').first().waitFor();
    expect(await page.locator('.history path.release').count()).toBe(2);
    expect(await page.locator('[aria-label=Releases] li').allInnerTexts()).toEqual([
      expect.stringMatching(/^A\s*2\.0\s*.* a process at last, in 3 processes$/),
      expect.stringContaining(HOSTILE),
    ]);
    expect(await page.locator('table.growth tbody tr').allInnerTexts()).toEqual([
      expect.stringMatching(/^leaks\s+\+.*3 of 3.*service\.js:2 f1$/s),
    ]);
    expect(await page.locator('main').innerText()).toContain('+');
    expect(misdeeds).toEqual({ requests: [], dialogs: [], violations: [], errors: [] });
    expect(readFileSync(join(folder, 'fleet.html'), 'utf8')).not.toContain('<script>alert');
    await page.context().close();
  });

  it.each([
    ['light', 1280],
    ['dark', 400],
  ] as const)('has no finding of axe: %s, %d pixels wide (long)', async (colorScheme, width) => {
    const { page } = await openPage(browser, join(folder, 'fleet.html'), { colorScheme, viewport: { width, height: 800 } });
    await page.locator('summary').first().click();
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as {
      violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
    };
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    await page.context().close();
  });
});
