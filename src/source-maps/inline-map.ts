import { percentDecoded } from '../text/file-urls.js';

const DATA_URL = /^data:([^,]*),/i;
const BASE64 = /;\s*base64\s*$/i;

export function isDataUrl(url: string): boolean {
  return /^data:/i.test(url);
}

/** The text inside a data: URL, which need not be a valid map. undefined if the map is elsewhere. */
export function inlineMap(url: string): string | undefined {
  const [head, type] = DATA_URL.exec(url) ?? [];
  if (head === undefined) return undefined;
  const body = url.slice(head.length);
  return BASE64.test(type!) ? Buffer.from(percentDecoded(body), 'base64').toString() : percentDecoded(body);
}
