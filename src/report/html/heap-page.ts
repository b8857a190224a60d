import type { HeapStatistic } from '../../heap-graph/census/heap-statistics.js';
import type { Explanation, HeldCluster } from '../../heap-graph/paths/explain.js';
import { visible } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { pathText } from '../text/holders.js';
import { escaped, hashOf, pageHead } from './document.js';
import { HEAP_STYLE } from './heap-style.js';

/** A row of the page. */
export interface HeapPageRow extends HeapStatistic {
  /** What holds the objects; null if that was not worked out. */
  readonly explanation: Explanation | null;
}

export interface HeapPage {
  readonly title: string;
  /** Bytes and objects of the whole heap. */
  readonly size: number;
  readonly count: number;
  /** The one that retains most comes first. */
  readonly rows: readonly HeapPageRow[];
  /** How many more types there are. */
  readonly more: number;
  /** What is wrong with the file, if this is only what stands before the damage. */
  readonly damage?: string;
}

/** The types of a heap snapshot as one page that needs nothing else, not even a script. */
export function heapPage({ title, size, count, rows, more, damage }: HeapPage): Uint8Array[] {
  const policy = `default-src 'none'; style-src ${hashOf(HEAP_STYLE)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const most = rows.reduce((highest, { retained }) => Math.max(highest, retained), 1);
  const parts = [
    `${pageHead({ title: text(title), policy, style: HEAP_STYLE })}
<body>
<main>
<h1>${text(title)}</h1>
${damage === undefined ? '' : `<p role="note"><b>Damaged.</b> ${text(damage)}. Below is what stands before the damage: names, objects and paths may be missing, and sizes may be too small.</p>\n`}<p>${count} objects, ${formatSize(size)}. <b>Retained</b> is what would be free if all objects of a row were gone. A byte can be retained by several rows, so they do not add up. Open a row to see what holds its objects.</p>
<table>
<thead><tr><th scope="col">retained</th><th scope="col">size</th><th scope="col">count</th><th scope="col">type</th></tr></thead>
<tbody>
`,
    ...rows.map((row) => rowText(row, most)),
    `</tbody>
</table>
${more > 0 ? `<p>${more} more types retain less.</p>\n` : ''}</main>
</body>
</html>
`,
  ];
  return parts.map((part) => Buffer.from(part));
}

function rowText({ traceback, size, count, retained, explanation }: HeapPageRow, most: number): string {
  const name = text(traceback.at(0)!.filename);
  const type = explanation === null ? name : `<details><summary>${name}</summary>${explanationText(explanation)}</details>`;
  const bar = `<meter aria-hidden="true" max="${most}" value="${retained}"></meter>`;
  return `<tr><td>${formatSize(retained)}${bar}</td><td>${formatSize(size)}</td><td>${count}</td><td>${type}</td></tr>\n`;
}

function explanationText({ clusters, clusterCount, unheld }: Explanation): string {
  const rest = clusterCount - clusters.length;
  const notes = [
    ...(rest > 0 ? [`${rest} more ${rest === 1 ? 'path' : 'paths'}`] : []),
    ...(unheld > 0 ? [`${unheld} held by nothing: V8 has not collected them yet`] : []),
  ];
  return `<ul>${clusters.map(clusterText).join('')}${notes.map((note) => `<li>${note}</li>`).join('')}</ul>`;
}

function clusterText({ count, retained, path }: HeldCluster): string {
  const id = path.at(-1)?.id;
  const which = id === undefined ? '' : ` <small>@${id}</small>`;
  return `<li><b>${count === 1 ? '1 object' : `${count} objects`}</b>, retaining ${formatSize(retained)}: <code>${text(pathText(path))}</code>${which}</li>`;
}

function text(value: string): string {
  return escaped(visible(value));
}
