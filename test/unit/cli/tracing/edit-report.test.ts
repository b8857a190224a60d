import { expect, it } from '@jest/globals';
import { editReport, restoreReport } from '../../../../src/cli/tracing/edit-report.js';

const edit = (url: string, reason: string, outcome: 'blocked' | 'failed' | 'done' = 'blocked') => ({ url, outcome, reason });

it('says in words why V8 leaves a script as it is, and what to do', () => {
  const edits = [
    edit('file:///a.mjs', '', 'done'),
    edit('file:///b.mjs', 'BlockedByTopLevelEsModuleChange', 'failed'),
    edit('file:///c.mjs', 'BlockedByActiveGenerator'),
    edit('file:///d.mjs', 'CompileError: \u001b[2J', 'failed'),
    edit('file:///e.js', 'InternalError', 'failed'),
  ];
  expect(editReport(edits)).toEqual([
    'true lines in 1 of 5 scripts',
    'file:///b.mjs stays at the precision of functions: V8 cannot replace this module while it runs; start it with run --lines',
    'file:///c.mjs stays at the precision of functions: one of its generators or async functions is waiting, and V8 cannot replace it meanwhile; start it with run --lines',
    'file:///d.mjs stays at the precision of functions: CompileError: \\u{1b}[2J',
    'file:///e.js stays at the precision of functions: V8 cannot replace it, as with all code from a startup snapshot (--snapshot-blob)',
  ]);
  expect(editReport([edit('/x.js', 'BlockedByActiveFunction'), edit('/y.js', 'Blocked')]).join()).not.toContain('Blocked');
});

it('counts a file that the program has loaded twice as one, which has true lines if one of them has', () => {
  const edits = [edit('file:///a.js', '', 'done'), edit('file:///a.js', 'another came before it', 'failed')];
  expect(editReport(edits)).toEqual([
    'true lines in 1 of 1 scripts',
    'file:///a.js stays at the precision of functions: another came before it',
  ]);
});

it('names the scripts that keep their changed source', () => {
  expect(restoreReport([])).toEqual(['the sources are as they were']);
  expect(restoreReport([edit('/a.js', 'BlockedByActiveFunction')])).toEqual([
    '/a.js keeps its changed source, which does the same: one of its functions is running, and V8 cannot replace it meanwhile',
  ]);
});
