import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { initSql, initStore } from '../../../store/clickhouse/init-store.js';
import { type Console, writeLines } from '../../console/console.js';
import { addExamples } from '../../options/examples.js';

interface InitValues {
  readonly cluster?: string;
  readonly dryRun: boolean;
}

export function configure(command: Command): Command {
  return addExamples(
    command
      .option('--cluster <name>', 'make replicated tables on all servers of this cluster, and distributed ones above them')
      .option('--dry-run', 'only print the SQL; no server is asked', false),
    [
      ['tracemalloc fleet init http://clickhouse:8123/tracemalloc', 'once, before the first push'],
      ['tracemalloc fleet init http://clickhouse:8123/tracemalloc --cluster main --dry-run', 'what it would do on a cluster'],
    ],
  );
}

export async function run([url = '']: readonly string[], { cluster: named, dryRun }: InitValues, { out, err }: Console): Promise<number> {
  const cluster = named ?? null;
  if (url.startsWith('folder:')) throw new UsageError('a folder needs no tables; push to it');
  if (dryRun) {
    writeLines(
      out,
      initSql(url, { cluster }).map((sql) => `${sql};\n`),
    );
    return 0;
  }
  const created = await initStore(url, { cluster, env: process.env });
  writeLines(err, created.length === 0 ? ['the tables were there already'] : created.map((name) => `created ${name}`));
  return 0;
}
