import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';

/** The part of speedscope's own model that the tests use. */
interface SpeedscopeFrame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly col?: number;
  getSelfWeight(): number;
  getTotalWeight(): number;
}

interface SpeedscopeProfile {
  getName(): string;
  getWeightUnit(): string;
  getTotalWeight(): number;
  forEachFrame(visit: (frame: SpeedscopeFrame) => void): void;
}

interface Importers {
  importProfilesFromArrayBuffer(name: string, content: ArrayBuffer): Promise<{ readonly profiles: readonly SpeedscopeProfile[] } | null>;
}

const require = createRequire(import.meta.url);
const RELEASE = join(dirname(require.resolve('speedscope/package.json')), 'dist/release');

let importers: Promise<Importers> | undefined;

/** What speedscope makes of a file that is dropped onto it; null if it does not recognise the file. */
export async function importIntoSpeedscope(name: string, content: Uint8Array) {
  importers ??= loadImporters();
  const { buffer, byteOffset, byteLength } = Uint8Array.from(content);
  const group = await (await importers).importProfilesFromArrayBuffer(name, buffer.slice(byteOffset, byteOffset + byteLength));
  return group?.profiles.map(readProfile);
}

function readProfile(profile: SpeedscopeProfile) {
  const frames: SpeedscopeFrame[] = [];
  profile.forEachFrame((frame) => frames.push(frame));
  return { name: profile.getName(), unit: profile.getWeightUnit(), total: profile.getTotalWeight(), frames };
}

/**
 * The package only has the built web application. We run its script up to the line that draws the page, in a context with as much of a
 * browser as the script needs until then. The names of its lazy exports are not minified.
 */
function loadImporters(): Promise<Importers> {
  const file = readdirSync(RELEASE).find((name) => /^speedscope-.*\.js$/.test(name))!;
  const text = readFileSync(join(RELEASE, file), 'utf8');
  const [, exported] = /(\w+)=\{\};\$?\w+\(\1,\{importFromFileSystemDirectoryEntry/.exec(text)!;
  const [, promise] = new RegExp(`(\\w+)=Promise\\.resolve\\(\\)\\.then\\(\\(\\)=>\\(\\w+\\(\\),${exported}\\)\\)`).exec(text)!;
  const drawing = 'console.log(`speedscope v';
  if (!text.includes(drawing)) throw new Error('speedscope is built in another way than 1.25');
  const browser: Record<string, unknown> = {
    TextDecoder,
    TextEncoder,
    URL,
    console: { log: () => {}, warn: () => {}, error: () => {} },
    location: { hash: '', protocol: 'https:' },
    navigator: { userAgent: '', platform: '' },
    document: { createElement: () => ({ style: {} }), head: { appendChild: () => {} }, addEventListener: () => {} },
    addEventListener: () => {},
    matchMedia: () => ({ matches: false, addListener: () => {}, addEventListener: () => {} }),
    localStorage: { getItem: () => null },
  };
  browser.window = browser;
  browser.self = browser;
  createContext(browser);
  runInContext(
    text.replace(drawing, () => `globalThis.importers=${promise};return;${drawing}`),
    browser,
  );
  return browser.importers as Promise<Importers>;
}
