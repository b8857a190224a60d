import type { Explanation, HeldCluster } from '../../heap-graph/paths/explain.js';
import { visible } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { pathText } from '../text/holders.js';
import { escaped, hashOf, pageHead } from './document.js';
import { HEAP_STYLE } from './heap-style.js';

interface HeapDocument {
  readonly title: string;
  /** What is wrong with a file, if this is only what stands before the damage. */
  readonly damage: string | undefined;
  /** The first paragraph, as HTML. */
  readonly lead: string;
}

/** A page that needs nothing else, not even a script. @param body HTML */
export function heapDocument({ title, damage, lead }: HeapDocument, body: readonly string[]): Uint8Array[] {
  const policy = `default-src 'none'; style-src ${hashOf(HEAP_STYLE)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const parts = [
    `${pageHead({ title: text(title), policy, style: HEAP_STYLE })}
<body>
<main>
<h1>${text(title)}</h1>
${damage === undefined ? '' : `<p role="note"><b>Damaged.</b> ${text(damage)}. Below is what stands before the damage: names, objects and paths may be missing, and sizes may be too small.</p>\n`}<p>${lead}</p>
`,
    ...body,
    '</main>\n</body>\n</html>\n',
  ];
  return parts.map((part) => Buffer.from(part));
}

/** A table in parts, because it may be long. @param rows HTML */
export function tableParts(titles: readonly string[], rows: readonly string[]): string[] {
  const head = titles.map((title) => `<th scope="col">${title}</th>`).join('');
  return [`<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n`, ...rows, '</tbody>\n</table>\n'];
}

/** The name of a type, and the paths that hold its objects. */
export function typeText(type: string, explanation: Explanation | null): string {
  const name = text(type);
  return explanation === null ? name : `<details><summary>${name}</summary>${explanationText(explanation)}</details>`;
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

export function text(value: string): string {
  return escaped(visible(value));
}
