import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { NODE_CACHE } from './nodes.js';
import { provide } from './provide.js';

const require = createRequire(import.meta.url);
const ENTRY = require.resolve('@sparticuz/chromium');
const PACKAGE = ENTRY.slice(0, ENTRY.lastIndexOf('build'));
const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
/** The folder into which the package's browser is unpacked, shared by all checkouts. */
const BROWSER_FOLDER = join(NODE_CACHE, `chromium-${version}`);
const BROWSER_PATH = join(BROWSER_FOLDER, 'chromium');
/** The package has a browser for this machine. */
export const hasBrowser = process.platform === 'linux' && process.arch === 'x64';

const QUIET = '--disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const ARGS = `--headless --no-sandbox --disable-gpu ${QUIET}`.split(' ');

/** Also unpacks libraries that a bare machine lacks. The package does so only if it believes that it runs in a cloud function. */
async function unpackBrowser(folder: string): Promise<void> {
  if (!hasBrowser) throw new Error('there is no package of it for this machine');
  const code = `require(${JSON.stringify(ENTRY)}).executablePath()`;
  const env = { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  await promisify(execFile)(process.execPath, ['-e', code], { env, timeout: 120_000 });
}

/** Starts a browser with an empty profile. Unpacks the browser first if the cache does not have it. */
export async function startBrowser(): Promise<Browser> {
  await provide(BROWSER_FOLDER, { isThere: () => existsSync(BROWSER_PATH), install: unpackBrowser });
  const libraries = [process.env.LD_LIBRARY_PATH, join(BROWSER_FOLDER, 'al2023/lib')].filter(Boolean).join(':');
  return chromium.launch({ executablePath: BROWSER_PATH, args: ARGS, env: { ...environment(), LD_LIBRARY_PATH: libraries } });
}

function environment(): Record<string, string> {
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (existsSync('/usr/share/fonts')) return Object.fromEntries(own);
  writeFileSync(join(BROWSER_FOLDER, 'fonts.conf'), `<fontconfig><dir>${join(BROWSER_FOLDER, 'fonts')}</dir></fontconfig>`);
  return Object.fromEntries([...own, ['FONTCONFIG_FILE', join(BROWSER_FOLDER, 'fonts.conf')]]);
}

/** What a page did that no report may do. */
export interface Misdeeds {
  readonly requests: string[];
  readonly dialogs: string[];
  readonly violations: string[];
  readonly errors: string[];
}

/** Opens a file as a user does, from `file://`. */
export async function openPage(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; misdeeds: Misdeeds }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const misdeeds: Misdeeds = { requests: [], dialogs: [], violations: [], errors: [] };
  const url = pathToFileURL(file).href;
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:,')) misdeeds.requests.push(request.url());
  });
  page.on('dialog', (dialog) => {
    misdeeds.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => misdeeds.errors.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    if (/content security policy|trusted type/i.test(text)) misdeeds.violations.push(text);
    else if (message.type() === 'error') misdeeds.errors.push(text);
  });
  await page.goto(url);
  return { page, misdeeds };
}

export const NO_MISDEEDS: Misdeeds = { requests: [], dialogs: [], violations: [], errors: [] };
