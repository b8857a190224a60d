import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, CDPSession } from 'playwright-core';
import { HeapGraph } from '../../../src/heap-graph/heap-graph.js';
import { hasBrowser, startBrowser } from '../../helpers/browser.js';
import { compareWithDevTools } from '../../helpers/devtools-snapshots.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

const KEPT = `
  class Widget { constructor() { this.element = document.createElement('div'); this.element.append(document.createElement('span')); } }
  globalThis.kept = Array.from({ length: 100 }, () => new Widget());
  globalThis.weak = new WeakMap(kept.map((widget, i) => [widget, { i }]));`;

(hasBrowser ? describe : describe.skip)('a heap graph of Chrome', () => {
  const file = join(temporaryFolder(), 'page.heapsnapshot');
  const timeline = join(temporaryFolder(), 'page.heaptimeline');
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
    const page = await browser.newPage();
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.enable');
    await page.evaluate(KEPT);
    await saved(session, file, () => session.send('HeapProfiler.takeHeapSnapshot'));
    await session.send('HeapProfiler.startTrackingHeapObjects', { trackAllocations: true });
    await page.evaluate('globalThis.later = (function makeLater() { class Later {} return new Later(); })()');
    await saved(session, timeline, () => session.send('HeapProfiler.stopTrackingHeapObjects'));
  });
  afterAll(async () => {
    await browser?.close();
    await reapTargets();
  });

  async function saved(session: CDPSession, path: string, take: () => Promise<unknown>): Promise<void> {
    const output = openSync(path, 'w');
    const onChunk = ({ chunk }: { chunk: string }): void => {
      writeSync(output, chunk);
    };
    session.on('HeapProfiler.addHeapSnapshotChunk', onChunk);
    await take();
    session.off('HeapProfiler.addHeapSnapshotChunk', onChunk);
    closeSync(output);
  }

  it('agrees with DevTools on all dominators and retained sizes (long)', async () => {
    const { nodes, differing, sized, otherSize } = await compareWithDevTools(await HeapGraph.read(file), file);
    expect([differing, otherSize]).toEqual([[], []]);
    expect(nodes.length).toBeGreaterThan(15_000);
    expect(sized.length).toBeGreaterThan(10_000);
  });

  it('knows detached elements, and in a timeline where objects were allocated (long)', async () => {
    const graph = await HeapGraph.read(timeline);
    const all = Array.from({ length: graph.nodeCount }, (_, node) => node);
    expect(all.filter((node) => graph.name(node).includes('<span>') && graph.detachedness(node) === 2).length).toBeGreaterThanOrEqual(100);
    const later = all.find((node) => graph.type(node) === 'object' && graph.name(node) === 'Later')!;
    expect(graph.allocationStack(later).map(({ name }) => name)).toContain('makeLater');
    expect(graph.pathTo(later).at(-1)!.name).toBe('later');
  });
});
