import { expect, test } from '@jest/globals';
import { labelNotes } from '../../../../src/report/text/label-notes.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';

const frames = [['/app/a.js', 1]] as const;
const TRACES = [
  { size: 3000, frames, label: 'GET /a' },
  { size: 500, frames, label: '(other)' },
  { size: 500, frames },
];

function notes(traces: Parameters<typeof Snapshot.fromTraces>[0], labels?: { readonly overflow: boolean }): string[] {
  const snapshot = Snapshot.fromTraces(traces);
  return labelNotes({ ...snapshot, capture: { ...snapshot.capture, labels } });
}

test('says how much has a label, and what the rest is', () => {
  expect(notes(TRACES, { overflow: false })).toEqual([
    "labelled 3500 B (88 %). (none) was allocated outside of labelled work, by packages without true lines that no labelled code called, or in Node's own code before the label was set.",
  ]);
  expect(notes([], { overflow: false })[0]).toMatch(/^labelled 0 B \(0\.0 %\)\. /);
  expect(notes(TRACES.slice(2), { overflow: false })[0]).toMatch(/^labelled 0 B \(0\.0 %\)\. /);
});

test('says that labels were taken together', () => {
  expect(notes(TRACES, { overflow: true })[1]).toBe('More than 256 labels were used; the further ones are (other).');
});

test('says nothing if labels were off', () => {
  expect(notes(TRACES.slice(2))).toEqual([]);
});
