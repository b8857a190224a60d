import { describe, expect, it } from '@jest/globals';
import { Frame } from '../../../../src/model/frame.js';
import { Traceback } from '../../../../src/model/traceback.js';
import { heapChangesPage } from '../../../../src/report/html/heap-changes-page.js';

const HOSTILE = '</td><script>alert(1)</script>"\'&';

describe('the page of what changed between two heap snapshots', () => {
  const total = { size: 5000, count: 9, sizeDiff: -1024, countDiff: -2 };
  const figures = { size: 1024, count: 3, sizeDiff: 2048, countDiff: -1 };
  const row = { ...figures, traceback: new Traceback([new Frame(HOSTILE, 0)]), newSize: 1, grown: 0, goneSize: 2, explanation: null };
  const collection = { name: HOSTILE, kind: 'Map', count: 2, before: 3, after: 8, atMost: true, id: 7, retained: 4096 } as const;
  const pageOf = (isOneProcess: boolean) =>
    Buffer.concat(
      heapChangesPage({
        title: HOSTILE,
        total,
        isOneProcess,
        rows: [{ ...row, newCount: isOneProcess ? 4 : null, goneCount: isOneProcess ? 5 : null }],
        more: 6,
        collections: isOneProcess ? [collection] : [],
        ...(isOneProcess && { damage: HOSTILE }),
      }),
    ).toString();

  it('has the types, then the collections, and no name as HTML', () => {
    const page = pageOf(true);
    expect(page).toContain('9 objects (-2), 5000 B (-1024 B).');
    expect(page).toContain('<tr><td>+2048 B</td><td>1024 B</td><td>4</td><td>5</td><td>3</td><td>&#60;');
    expect(page).toContain('6 more types changed less');
    expect(page).toMatch(/<td>\+5<\/td><td>≤ 3<\/td><td>≤ 8<\/td><td>4096 B<\/td><td>@7<\/td><td><code>&#60;.*<\/code>: Map \(2 of them/);
    expect(page).not.toContain('<script');
    expect(page.split('&#60;script&#62;alert(1)').length - 1).toBe(5);
  });

  it('of two processes says that only the types are compared', () => {
    const page = pageOf(false);
    expect(page).toContain('only the types are compared');
    expect(page).toContain('<tr><td>+2048 B</td><td>1024 B</td><td>-1</td><td>3</td>');
    expect(page).not.toContain('<h2>');
  });
});
