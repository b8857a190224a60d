import { describe, expect, it } from '@jest/globals';
import { Frame } from '../../../../src/model/frame.js';
import { Traceback } from '../../../../src/model/traceback.js';
import { heapPage } from '../../../../src/report/html/heap-page.js';

const HOSTILE = '</td><script>alert(1)</script>"\'&';

describe('the page of a heap snapshot', () => {
  const link = {
    edge: 'a',
    name: HOSTILE,
    type: HOSTILE,
    id: 7,
    size: 1,
    retained: 2,
    place: null,
    function: null,
    repeats: 1,
    dominates: true,
  };
  const cluster = { count: 2, size: 2, retained: 2048, path: [link], dominators: [] };
  const row = { traceback: new Traceback([new Frame(HOSTILE, 0)]), size: 1024, count: 3, retained: 4096, dominated: null };
  const page = Buffer.concat(
    heapPage({
      title: HOSTILE,
      size: 5000,
      count: 9,
      rows: [
        { ...row, explanation: { count: 3, size: 2, retained: 2, unheld: 1, clusterCount: 3, clusters: [cluster] } },
        { ...row, explanation: null },
      ],
      more: 4,
    }),
  ).toString();

  it('shows names as text, and allows no script and no request', () => {
    expect(page).not.toContain('<script');
    expect(page.split('&#60;script&#62;alert(1)').length - 1).toBe(5);
    expect(page).toMatch(/content="default-src 'none'; style-src 'sha256-[^"]+'; img-src data:; base-uri 'none'; form-action 'none'"/);
  });

  it('has a row for each type, and what holds its objects', () => {
    expect(page.match(/<tr><td>4096 B/g)).toHaveLength(2);
    expect(page).toMatch(
      /<li><b>2 objects<\/b>, retaining 2048 B: <code>.*<\/code> <small>@7<\/small><\/li><li>2 more paths<\/li><li>1 held by nothing/,
    );
    expect(page).toContain('<p>4 more types retain less.</p>');
  });
});
