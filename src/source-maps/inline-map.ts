import { percentDecoded } from '../text/file-urls.js';

const COMMENT = '//# sourceMappingURL=';
const DATA_URL = /^data:application\/json[^,]*?(;base64)?,/;

/** The URL of a script's source map, from its last `//# sourceMappingURL=`. undefined if it has none. */
export function mapUrl(script: string): string | undefined {
  const at = script.lastIndexOf(COMMENT);
  return at < 0 ? undefined : /^\S+/.exec(script.slice(at + COMMENT.length))?.[0];
}

/** The text inside a data: URL, which need not be a valid map. undefined if the map is elsewhere. */
export function inlineMap(url: string): string | undefined {
  const [head, base64] = DATA_URL.exec(url) ?? [];
  if (head === undefined) return undefined;
  const body = url.slice(head.length);
  return base64 ? Buffer.from(body, 'base64').toString() : percentDecoded(body);
}
