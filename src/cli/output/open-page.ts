import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UnsupportedError } from '../../errors.js';

/** A program that opens pages may live as long as the browser. If it has not failed by now, the page is open. */
const FAILS_WITHIN_MS = 3000;

/** What opens a page in the user's browser. The page is a URL, so its name can be no option. */
function openerOf(url: string): readonly [command: string, ...args: string[]] {
  if (process.platform === 'darwin') return ['open', url];
  return process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler', url] : ['xdg-open', url];
}

/** Shows a page in the user's browser. @throws UnsupportedError if that cannot be done */
export async function openPage(path: string): Promise<void> {
  const { spawn } = await import('node:child_process'); // only for --open
  const [command, ...args] = openerOf(pathToFileURL(resolve(path)).href);
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.unref();
  let timer: NodeJS.Timeout | undefined;
  const problem = await new Promise<string | null>((done) => {
    child.once('error', (error: NodeJS.ErrnoException) => done(error.code === 'ENOENT' ? 'is not installed' : error.message));
    child.once('exit', (code, signal) => done(code === 0 ? null : `ended with ${code ?? signal}`));
    timer = setTimeout(() => done(null), FAILS_WITHIN_MS);
  });
  clearTimeout(timer);
  if (problem !== null)
    throw new UnsupportedError(`the page is written but cannot be shown: ${command} ${problem}; open ${path} in a browser`);
}
