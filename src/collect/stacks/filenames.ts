import { builtinModules } from 'node:module';
import { pathOfFileUrl } from '../../text/file-urls.js';

/**
 * The normal form of a script's name: an absolute path without `file://`, `node:…` for Node's own code, `<anonymous>` for evaluations
 * without a name, and any other name (`https:`, `webpack:`, `evalmachine.<anonymous>`) unchanged. It is needed because V8 names a CommonJS
 * file by a path in one domain and by a `file:` URL in another, and some of Node's own scripts without `node:`.
 */
export function normalFilename(url: string): string {
  if (url === '') return '<anonymous>';
  if (url.startsWith('file://')) return pathOfFileUrl(url);
  if (isInternal(url)) return `node:${url.replace(/\.js$/, '')}`;
  return url;
}

const internalNames = new Set(builtinModules);

function isInternal(url: string): boolean {
  return url.startsWith('internal/') || internalNames.has(url.replace(/\.js$/, ''));
}
