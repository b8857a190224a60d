/*
 * Converts paths to file: URLs and back. Paths of the other platform work too, which node:url refuses: a snapshot may be saved on Windows
 * and read on Linux.
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
  // The setter escapes all other special characters, and turns a backslash into a slash.
  const escaped = path.replaceAll('%', '%25');
  url.pathname = isWindows ? `/${escaped}` : escaped.replaceAll('\\', '%5C');
  return url.href;
}

export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a name may hold a % that escapes nothing
  }
}
