import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { attach, launch, type Snapshot } from '../../../src/index.js';
import { callCommand } from '../../helpers/command.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

const GROWTH = 30 * 2 ** 20;
const MARGIN = 5 * 2 ** 20;
const GROW = `globalThis.kept = Buffer.alloc(${GROWTH}, 1);`;
const WORKER = `new Promise((resolve) => { globalThis.worker = new (process.mainModule.require('node:worker_threads').Worker)('setInterval(() => {}, 1000)', { eval: true }).once('online', resolve); }).then(() => 0)`;

const atStart = (snapshot: Snapshot) => snapshot.capture.start!;
const grown = ({ capture }: Snapshot, what: 'external' | 'rss') => capture.heap![what]! - capture.start!.heap![what]!;

describe.each(oldestAndNewest())('a process before and after the tracing, Node $major', ({ execPath }) => {
  it('shows what grew outside the heap, and new threads (matrix)', async () => {
    const { port } = await startTarget({ execPath, code: "console.log('ready'); setInterval(() => {}, 1000);", ready: true });
    const tracer = await attach(port);
    await tracer.start();
    await evaluateIn(port, `${GROW} 0`);
    const first = await tracer.takeSnapshot();
    expect(atStart(first).running).toBe(1);
    expect(grown(first, 'external')).toBeGreaterThan(GROWTH - MARGIN);
    expect(grown(first, 'rss')).toBeGreaterThan(GROWTH - MARGIN);
    await evaluateIn(port, WORKER);
    const second = await tracer.takeSnapshot();
    expect([atStart(second).running, second.capture.running]).toEqual([1, 2]);
    await tracer.clearTraces();
    const cleared = await tracer.takeSnapshot();
    expect(atStart(cleared).running).toBe(2);
    expect(grown(cleared, 'external')).toBeLessThan(MARGIN);
    await tracer.close();

    const file = join(temporaryFolder(), 'second.tmsnap');
    second.dump(file);
    const { stdout } = await callCommand(['stats', file]);
    expect(stdout).toMatch(/^before → after: heap .+, external .+ \(\+[23]\d\.\d MiB\), rss .+, threads 1 → 2$/m);
    const json = await callCommand(['stats', '--json', file]);
    expect(JSON.parse(json.stdout).memory).toMatchObject({ before: { threads: 1 }, after: { threads: 2, rss: second.capture.heap!.rss } });
  });

  it('shows it at the end of a program, too, where the program tells no more', async () => {
    const file = join(temporaryFolder(), 'grow.cjs');
    writeFileSync(file, GROW);
    const tracer = await launch(file, { execPath, stdio: 'ignore' });
    await tracer.start();
    const { snapshot } = await tracer.exited;
    expect(snapshot!.capture.heap!.external).toBeNull();
    expect(grown(snapshot!, 'rss')).toBeGreaterThan(GROWTH - MARGIN);
  });
});
