import type { Command } from 'commander';
import { listNodeProcesses } from '../../discovery/inspectable.js';
import { columnLines } from '../../report/text/column-lines.js';
import { jsonText } from '../../report/text/json.js';
import { printable } from '../../text/printable.js';
import { cutEnd } from '../../text/text-width.js';
import { type Console, writeLines } from '../console/console.js';
import { widthOfTerminal } from '../console/terminal.js';
import { addExamples } from '../options/examples.js';

export function configure(command: Command): Command {
  return addExamples(command.option('--json', 'print one JSON document instead of a table', false), [
    ['tracemalloc list', 'the Node processes that can be traced'],
    ['tracemalloc list --json', 'the same, for a script'],
  ]);
}

export async function run(_args: readonly string[], { json }: { json: boolean }, { out, err }: Console): Promise<number> {
  const rows = (await listNodeProcesses()).map(({ endpoint, ...process }) => ({
    pid: process.pid,
    host: endpoint?.host ?? null,
    port: endpoint?.port ?? null,
    inspector: endpoint === null ? 'closed' : 'open',
    nodeVersion: process.nodeVersion,
    workers: process.workers,
    title: process.title,
  }));
  if (json) out.write(jsonText(rows));
  else if (rows.length === 0) writeLines(err, ['no Node process of yours was found']);
  else {
    const columns = [
      { title: 'pid', cells: rows.map(({ pid }) => `${pid ?? '?'}`) },
      { title: 'inspector', cells: rows.map(({ inspector }) => inspector), dispensable: 1 },
      { title: 'port', cells: rows.map(({ port }) => `${port ?? ''}`) },
      { title: 'workers', cells: rows.map(({ workers }) => `${workers ?? '?'}`), dispensable: 3 },
      { title: 'node', cells: rows.map(({ nodeVersion }) => nodeVersion ?? '?'), dispensable: 2 },
    ];
    const programs = rows.map(
      ({ title }) =>
        (width: number) =>
          cutEnd(printable(title), width),
    );
    writeLines(out, columnLines(columns, { title: 'program', cells: programs }, widthOfTerminal(out)));
  }
  return 0;
}
