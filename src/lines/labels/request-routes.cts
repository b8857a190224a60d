// The label of a request. Part of what runs in a program with labels: see label-runtime.cts.
interface Request {
  readonly method: string;
  readonly url: string;
}

const ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Numbers, UUIDs, hashes and ids of digits and letters, dates and times. */
const VARYING = [
  /^[-+]?\d+(?:[.,:_-]\d+)*$/,
  new RegExp(`^\\{?${ID}\\}?$`, 'i'),
  /^(?=.*\d)[0-9a-f]{8,}$/i,
  /^(?=.*\d)(?=.*[a-z])[0-9a-z_-]{16,}$/i,
  /^\d{4}-\d\d(?:-\d\d)?(?:[T ].*)?$/,
  /@/,
];
const LONGEST_SEGMENT = 40;
/** Whether a path may have such a segment. Most have none. */
const MAY_VARY = /[\d@%]|[^/]{41}/;

interface Pattern {
  readonly label: string;
  readonly matches: RegExp;
  readonly hasMethod: boolean;
}

/**
 * `*` stands for any characters, `?` for one. What follows a `*` is looked for once: its first place is as good as any later one. (A lookahead is never
 * tried again.) Otherwise a path of 6 kB would take minutes, with four `*`.
 */
function patternOf(label: string): Pattern {
  const parts = label.split(/\*+/).map((part) => part.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\?/g, '.'));
  const last = parts.length > 1 ? `.*${parts.pop()}` : '';
  const text = parts.map((part, index) => (index === 0 ? part : `(?=(.*?${part}))\\${index}`)).join('');
  return { label, matches: new RegExp(`^${text}${last}$`, 's'), hasMethod: !label.startsWith('/') };
}

/** The method and the path of a request, without what differs from one request to the next, and so also without what names a person. */
function routeOf({ method, url }: Request, patterns: readonly Pattern[]): string {
  const path = pathOf(url);
  const given = `${method} ${path}`;
  const pattern = patterns.find(({ matches, hasMethod }) => matches.test(hasMethod ? given : path));
  if (pattern) return pattern.hasMethod ? pattern.label : `${method} ${pattern.label}`;
  return MAY_VARY.test(path) ? `${method} ${path.split('/').map(plainSegment).join('/')}` : given;
}

/** Most URLs of requests are nothing but a path. */
function pathOf(url: string): string {
  if (url.startsWith('/') && !url.includes('?') && !url.includes('#')) return url;
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '') || '/';
}

function plainSegment(segment: string): string {
  let text = segment;
  try {
    text = decodeURIComponent(segment);
  } catch {
    // not in percent-encoding
  }
  return text.length > LONGEST_SEGMENT || VARYING.some((varies) => varies.test(text)) ? ':id' : segment;
}

module.exports = { routeOf, patternOf };
