import type { Command } from 'commander';
import { listInspectable } from '../../protocol/inspectable.js';
import { jsonText } from '../../report/json.js';
import { printable } from '../../report/printable.js';
import { aligned } from '../../report/table.js';
import { type Console, writeLines } from '../console.js';

export function configureList(command: Command): Command {
  return command.description('list the inspectable Node processes on this machine').option('--json', 'print one JSON document', false);
}

export async function runList(_args: readonly string[], { json }: { json: boolean }, { out, err }: Console): Promise<number> {
  const found = await listInspectable();
  const rows = found.map(({ pid, endpoint: { host, port, nodeVersion, title } }) => ({ pid, host, port, nodeVersion, title }));
  if (json) out.write(jsonText(rows));
  else if (rows.length === 0) writeLines(err, ['no inspectable Node process; start one with node --inspect']);
  else {
    const cells = rows.map(({ pid, port, nodeVersion, title }) => [`${pid ?? ''}`, `${port}`, nodeVersion, printable(title)]);
    writeLines(out, aligned([['pid', 'port', 'node', 'program'], ...cells]));
  }
  return 0;
}
