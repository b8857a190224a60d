import { afterEach, describe, expect, it } from '@jest/globals';
import { attach, type Ledger, type LedgerKind, type Tracer } from '../../../src/index.js';
import { commanded } from '../../helpers/commanded.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

const PROGRAM = repoPath('fixtures', 'programs', 'hundred-megabytes.cjs');
/** 95 % of 100 MB, and 105 %. */
const LEAST = 95_000_000;
const MOST = 105_000_000;

async function started(execPath: string) {
  const execArgv = ['--expose-gc', '--no-warnings'];
  const { port, child } = await startTarget({ execPath, execArgv, file: PROGRAM });
  const program = commanded(child);
  await program.answered('ready');
  return { tracer: await attach(port), program };
}

/** The sum of the rows of a kind. */
function bytesOf({ rows }: Ledger, kind: LedgerKind, field: 'bytes' | 'size' = 'bytes'): number {
  return rows.reduce((sum, row) => sum + (row.kind === kind ? (row[field] ?? 0) : 0), 0);
}

async function ledgerOf(tracer: Tracer): Promise<Ledger> {
  const ledger = await tracer.getMemory();
  expect(ledger).toMatchObject({ notes: [], missing: [] });
  expect(ledger.rows.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(ledger.rss);
  return ledger;
}

interface Case {
  readonly holds: string;
  readonly kind: LedgerKind;
  /** The oldest Node that has it. */
  readonly since?: number;
}

const CASES: readonly Case[] = [
  { holds: 'heap', kind: 'heap' },
  { holds: 'buffers', kind: 'array-buffers' },
  { holds: 'small buffers', kind: 'array-buffers' },
  { holds: 'shared buffer', kind: 'array-buffers' },
  { holds: 'resizable buffer', kind: 'array-buffers', since: 20 },
  { holds: 'strings', kind: 'external-strings' },
  { holds: 'wasm', kind: 'wasm' },
  { holds: 'native', kind: 'malloc' },
  { holds: 'sqlite', kind: 'malloc', since: 22 },
  { holds: 'mapped file', kind: 'mapped-files', since: 22 },
];

describe.each(nodeBinaries())('a ledger of 100 MB, Node $major', ({ major, execPath }) => {
  it.each(CASES.filter(({ since = 0 }) => major >= since))('of $holds (matrix)', async ({ holds, kind }) => {
    const { tracer, program } = await started(execPath);
    const before = await ledgerOf(tracer);
    await program.ask(holds, 'held');
    const after = await ledgerOf(tracer);
    const grown = bytesOf(after, kind) - bytesOf(before, kind);
    expect(grown).toBeGreaterThan(LEAST);
    expect(grown).toBeLessThan(MOST);
    await tracer.close();
  });

  it('of Buffers, in the snapshot of a tracing', async () => {
    const { tracer, program } = await started(execPath);
    await tracer.start();
    const resident = async () => (await tracer.takeSnapshot()).capture.resident!.find(({ kind }) => kind === 'array-buffers')!;
    const before = await resident();
    await program.ask('buffers', 'held');
    const after = await resident();
    expect(after.bytes - before.bytes).toBeGreaterThan(LEAST);
    expect(after.bytes - before.bytes).toBeLessThan(MOST);
    await tracer.close();
  });

  it('of garbage, which only a collection tells from what is alive (matrix)', async () => {
    const { tracer, program } = await started(execPath);
    await program.ask('garbage', 'held');
    const [heap] = (await tracer.getMemory({ gc: true })).rows;
    expect(heap).toMatchObject({ kind: 'heap', thread: 'main' });
    expect(heap!.used! - heap!.live!).toBeGreaterThan(LEAST);
    expect(heap!.used! - heap!.live!).toBeLessThan(MOST);
    expect(heap!.bytes).toBeGreaterThan(LEAST);
    const [after] = (await ledgerOf(tracer)).rows;
    expect(after!.live).toBeUndefined();
    expect(Math.abs(after!.used! - heap!.live!)).toBeLessThan(1_000_000);
    await tracer.close();
  });

  it('of Buffers that nobody has touched', async () => {
    const { tracer, program } = await started(execPath);
    const before = await ledgerOf(tracer);
    await program.ask('untouched buffers', 'held');
    const after = await ledgerOf(tracer);
    const untouched = (ledger: Ledger) => bytesOf(ledger, 'array-buffers', 'size') - bytesOf(ledger, 'array-buffers');
    expect(untouched(after) - untouched(before)).toBeGreaterThan(LEAST);
    expect(untouched(after) - untouched(before)).toBeLessThan(MOST);
    expect(after.rss - before.rss).toBeLessThan(5_000_000);
    await tracer.close();
  });

  it('of 64 stacks, while the program is traced (long)', async () => {
    const { tracer, program } = await started(execPath);
    await tracer.start();
    const before = await ledgerOf(tracer);
    await program.ask('stacks', 'held');
    const after = await ledgerOf(tracer);
    const grown = bytesOf(after, 'stacks') - bytesOf(before, 'stacks');
    expect(grown).toBeGreaterThan(LEAST);
    expect(grown).toBeLessThan(MOST);
    const heaps = after.rows.filter(({ kind, thread }) => kind === 'heap' && thread !== null);
    expect(heaps[0]!.thread).toBe('main');
    expect(new Set(heaps.map(({ thread }) => thread)).size).toBe(65);
    expect(heaps.every(({ bytes }) => bytes > 1_000_000)).toBe(true);
    await tracer.close();
  });
});
