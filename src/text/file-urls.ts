/*
 * Paths as file: URLs and back, also for paths of another platform than ours, which node:url would refuse: a snapshot may have been saved
 * on Windows and be looked at on Linux.
 */

export function pathOfFileUrl(url: string): string {
  const path = url.slice('file://'.length).replace(/[?#].*$/s, '');
  const decoded = percentDecoded(path);
  if (/^\/[A-Za-z]:\//.test(decoded)) return decoded.slice(1).replaceAll('/', '\\');
  return decoded.startsWith('/') ? decoded : `//${decoded}`; // file://server/share
}

export function fileUrlOf(path: string): string {
  const url = new URL('file:///');
  const isWindows = /^[A-Za-z]:[\\/]/.test(path);
  // The setter escapes what else means something in a URL, and takes a backslash for a slash.
  const escaped = path.replaceAll('%', '%25');
  url.pathname = isWindows ? `/${escaped}` : escaped.replaceAll('\\', '%5C');
  return url.href;
}

export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % is a name, too
  }
}
