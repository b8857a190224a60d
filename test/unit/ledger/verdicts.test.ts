import { describe, expect, test } from '@jest/globals';
import { LedgerHistory } from '../../../src/ledger/history.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import type { LedgerKind } from '../../../src/ledger/ledger-rows.js';
import { ledgerVerdicts } from '../../../src/ledger/verdicts.js';

const MB = 1_000_000;

type Sizes = Readonly<Partial<Record<LedgerKind, number>>>;

/** A ledger of 100 MB, apart from what is given in MB. */
function ledger(sizes: Sizes, error = 0): Ledger {
  const rows = Object.entries({ binary: 40, ...sizes }).map(([kind, megabytes]) => ({
    kind: kind as LedgerKind,
    thread: null,
    bytes: megabytes * MB,
    estimated: error > 0,
    ...(error > 0 && { error: error * MB }),
  }));
  return { pid: 1, time: '', rss: 100 * MB, rows, verdicts: [], swap: 0, missing: [], notes: [] };
}

const kinds = (ledgers: readonly Ledger[]) => ledgerVerdicts(ledgers).map(({ kind }) => kind);

/** Six ledgers in which each kind goes evenly from the first size to the second. */
function growing(kinds: Readonly<Partial<Record<LedgerKind, readonly [number, number]>>>): Ledger[] {
  return Array.from({ length: 6 }, (_, index) =>
    ledger(Object.fromEntries(Object.entries(kinds).map(([kind, [from, to]]) => [kind, from + ((to - from) * index) / 5]))),
  );
}

describe('a verdict', () => {
  test('needs six ledgers', () => {
    const ledgers = growing({ malloc: [10, 60] });
    expect(kinds(ledgers.slice(1))).toEqual([]);
    expect(ledgerVerdicts(ledgers)).toMatchObject([{ kind: 'malloc', growth: 40 * MB }]);
  });

  test('names what grows, the largest first', () => {
    const [first, second, ...others] = ledgerVerdicts(growing({ heap: [10, 40], 'array-buffers': [10, 80] }));
    expect(first).toMatchObject({ kind: 'array-buffers', advice: expect.stringContaining('why --buffers') });
    expect(second).toMatchObject({ kind: 'heap', advice: expect.stringContaining('leaks') });
    expect(others).toEqual([]);
  });

  test('blames malloc alone only if the rest is flat', () => {
    expect(ledgerVerdicts(growing({ heap: [20, 22], malloc: [10, 60] }))[0]!.advice).toMatch(/MALLOC_ARENA_MAX/);
    const along = ledgerVerdicts(growing({ heap: [20, 90], malloc: [10, 60] }));
    expect(along.map(({ kind }) => kind)).toEqual(['heap', 'malloc']);
    expect(along[1]!.advice).not.toMatch(/MALLOC_ARENA_MAX/);
  });

  test('sees growth under what goes up and down', () => {
    const sizes = [10, 20, 12, 22, 30, 40, 32, 42, 50, 60, 52, 62];
    expect(kinds(sizes.map((heap) => ledger({ heap })))).toEqual(['heap']);
  });

  test.each([
    ['a single jump', [10, 40, 40, 40, 40, 40, 40, 39, 41]],
    ['up and down', [10, 20, 30, 40, 10, 20, 30, 40, 11, 20, 30, 40]],
    ['less than garbage', [10, 40, 12, 45, 20, 50, 22, 55, 30, 60, 32, 65]],
    ['too little', [10, 11, 11, 12, 12, 13]],
    ['shrinking', [40, 30, 20, 10, 8, 5]],
  ])('none for %s', (_, sizes) => {
    expect(kinds(sizes.map((heap) => ledger({ heap })))).toEqual([]);
  });

  test('none if the growth may be an error of the estimates', () => {
    const ledgers = [10, 12, 14, 16, 18, 20].map((malloc, index) => ledger({ malloc }, index < 2 ? 1 : 9));
    expect(kinds(ledgers)).toEqual([]);
  });
});

test('a history of days keeps its first ledger and judges the whole of it', () => {
  const history = new LedgerHistory();
  let last = history.add(ledger({ malloc: 0 }));
  for (let reading = 1; reading <= 600; reading++) last = history.add(ledger({ malloc: reading / 12 }));
  expect(last.verdicts).toMatchObject([{ kind: 'malloc' }]);
  expect(last.verdicts[0]!.growth).toBeGreaterThan(30 * MB);
});
