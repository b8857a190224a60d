import type { Command } from 'commander';
import { listNodeProcesses, type NodeProcess } from '../../discovery/inspectable.js';
import { hiddenNotice } from '../../discovery/other-users.js';
import { columnLines } from '../../report/text/column-lines.js';
import { jsonText } from '../../report/text/json.js';
import { shortPath } from '../../report/text/place.js';
import { formatDuration } from '../../text/duration-format.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
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

export async function run(_args: readonly string[], { json }: { json: boolean }, { out, err, cwd }: Console): Promise<number> {
  const { processes, hidden } = await listNodeProcesses();
  if (json) out.write(jsonText(processes.map(documentOf)));
  else if (processes.length > 0) writeLines(out, table(processes, { cwd, width: widthOfTerminal(out) }));
  else writeLines(err, ['no Node process of yours was found']);
  const [first, ...others] = hidden;
  if (first) writeLines(err, [hiddenNotice([first, ...others])]);
  return 0;
}

function documentOf({
  pid,
  parent,
  endpoint,
  nodeVersion,
  workers,
  rss,
  uptime: seconds,
  launcher,
  programs,
  script,
  args,
  title,
}: NodeProcess) {
  const { host = null, port = null } = endpoint ?? {};
  const inspector = endpoint === null ? 'closed' : 'open';
  const uptime = seconds === null ? null : Math.round(seconds);
  return { pid, parent, host, port, inspector, nodeVersion, workers, rss, uptime, launcher, programs, script, args, title };
}

function table(processes: readonly NodeProcess[], { cwd, width }: { readonly cwd: string; readonly width: number }): string[] {
  const cells = (cell: (process: NodeProcess) => string | number | null, missing = '?') =>
    processes.map((one) => `${cell(one) ?? missing}`);
  const columns = [
    { title: 'pid', cells: cells(({ pid }) => pid) },
    { title: 'parent', cells: cells(({ parent }) => parent, ''), dispensable: 3 },
    { title: 'inspector', cells: cells(({ endpoint }) => (endpoint ? 'open' : 'closed')), dispensable: 1 },
    { title: 'port', cells: cells(({ endpoint }) => endpoint?.port ?? null, '') },
    { title: 'workers', cells: cells(({ workers }) => workers), dispensable: 5 },
    { title: 'rss', cells: cells(({ rss }) => (rss === null ? null : formatSize(rss))), dispensable: 2 },
    { title: 'uptime', cells: cells(({ uptime }) => (uptime === null ? null : formatDuration(uptime))), dispensable: 4 },
    { title: 'node', cells: cells(({ nodeVersion }) => nodeVersion), dispensable: 6 },
  ];
  const programs = processes.map((one) => (room: number) => cutEnd(printable(programOf(one, cwd)), room));
  return columnLines(columns, { title: 'program', cells: programs }, width);
}

function programOf({ script, title, launcher, programs }: NodeProcess, cwd: string): string {
  const shown = script !== null && title.startsWith(script) ? shortPath(script, cwd) + title.slice(script.length) : title;
  if (launcher === null) return shown;
  const [first, ...others] = programs;
  if (first === undefined) return `(starts others) ${shown}`;
  return `(starts ${first}${others.length === 0 ? '' : ` and ${others.length} more`}) ${shown}`;
}
