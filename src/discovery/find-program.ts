import { existsSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { ConnectError } from '../errors.js';
import { formatDuration } from '../text/duration-format.js';
import { listed } from '../text/listing.js';
import { printable } from '../text/printable.js';
import { formatSize } from '../text/size-format.js';
import { listNodeProcesses, type NodeProcess } from './inspectable.js';
import { mainFile } from './main-file.js';

const MOST_NAMED = 8;

/**
 * The Node process that runs the program of this name: a path of its script, the end of that path, or the title that the program has given itself.
 * @throws ConnectError if no process fits, or several do
 */
export async function findProgram(name: string): Promise<NodeProcess> {
  const { processes: all } = await listNodeProcesses();
  const [found, ...others] = programsNamed(name, all);
  if (found === undefined) throw new ConnectError(notFound(name, all));
  if (others.length === 0) return found;
  throw new ConnectError(
    `${others.length + 1} processes run ${printable(name)}; name one by its pid: ${listed([found, ...others].map(alternative), 'or', MOST_NAMED)}`,
  );
}

/** The processes that a name means, without those that only launch it. Once a rule finds some, the next rules are not tried. */
export function programsNamed(name: string, all: readonly NodeProcess[], cwd = process.cwd()): readonly NodeProcess[] {
  const path = resolve(cwd, name);
  const file = mainFile(path);
  const end = sep + name.replace(/^(?:\.[/\\])+/, '');
  const isIt = (script: string) => script === path || mainFile(script) === file;
  const rules: readonly ((process: NodeProcess) => boolean)[] = [
    ({ script }) => script !== null && isIt(script),
    ({ script }) => script !== null && (script.endsWith(end) || mainFile(script).endsWith(end)),
    ({ title }) => title === name || title.startsWith(`${name} `),
    // The script is a tool that runs the program itself, such as ts-node.
    ({ script, args }) => script !== null && args.some((word) => word === name || isIt(resolve(cwd, word))),
  ];
  const programs = all.filter(({ launcher }) => launcher === null);
  for (const rule of rules) {
    const found = programs.filter(rule);
    if (found.length > 0) return found;
  }
  return [];
}

function notFound(name: string, all: readonly NodeProcess[]): string {
  const shown = printable(name);
  const launcher = all.find(({ launcher, args, title }) => launcher !== null && (args.includes(name) || title.split(' ').includes(name)));
  const only = launcher ? `, only ${launcher.launcher} (process ${launcher.pid}), which is to start it` : '';
  const start = existsSync(resolve(name)) ? `; to start it: tracemalloc run ${shown}, or tracemalloc leaks -- ${shown}` : '';
  return `no Node process runs ${shown}${only}${start}; tracemalloc list shows those that can be named, and an inspector is named host:port`;
}

function alternative({ pid, endpoint, rss, uptime }: NodeProcess): string {
  if (pid === null) return `port ${endpoint?.port}`;
  const facts = [...(rss === null ? [] : [formatSize(rss)]), ...(uptime === null ? [] : [`up ${formatDuration(uptime)}`])];
  return `${pid} (${facts.join(', ')})`;
}
