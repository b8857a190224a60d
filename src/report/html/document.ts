import { constants } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { UnsupportedError } from '../../errors.js';
import type { ReportData } from '../call-tree/report-data.js';
import { jsonParts } from './json-parts.js';

/**
 * The report as one page that needs nothing else. It sends no requests and runs only its own script, whose hash its
 * Content-Security-Policy names. The data is not a script and has no `<` that could end its element.
 *
 * @param limit maximum characters of data. The page reads it as one string, and browsers with V8 have the same limit as this process.
 * @returns the parts of the file in order
 * @throws UnsupportedError if the data exceeds the limit
 */
export function htmlDocument(data: ReportData, limit = constants.MAX_STRING_LENGTH): Uint8Array[] {
  const script = asset('page.js');
  const style = asset('page.css');
  const before = `${pageHead({ title: escaped(data.title), policy: policy(script, style), style })}
<body>
<noscript>This report draws itself with a script. It is in this file, and it needs JavaScript switched on.</noscript>
<script type="application/json" id="report">`;
  const after = `</script>
<script>${script}</script>
</body>
</html>
`;
  return [Buffer.from(before), ...dataParts(data, limit), Buffer.from(after)];
}

interface Head {
  /** Escaped. */
  readonly title: string;
  /** The Content-Security-Policy. */
  readonly policy: string;
  readonly style: string;
}

/** The beginning of a page, up to its body. */
export function pageHead({ title, policy, style }: Head): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="node-tracemalloc">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style}</style>
</head>`;
}

function dataParts(data: ReportData, limit: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const part of jsonParts(data)) {
    const text = part.replaceAll('<', '\\u003c');
    length += text.length;
    if (length > limit)
      throw new UnsupportedError(
        `the report would hold more than the ${limit} characters that a page can read; take a part of the traces (--include, --exclude, --thread, --domain), or trace with a smaller --nframe`,
      );
    parts.push(Buffer.from(text));
  }
  return parts;
}

function policy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

export function hashOf(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto'); // 3 ms, which the readers of snapshots do not pay
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function asset(name: string): string {
  return readFileSync(new URL(`../../report/html/${name}`, import.meta.url), 'utf8').trim();
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
