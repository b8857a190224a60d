import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Permissions } from '../../mcp/permissions/permissions.js';
import { type Console, writeLines } from '../console/console.js';
import { firstInterruption } from '../console/interruption.js';
import { addExamples } from '../options/examples.js';
import { collected } from '../options/option-values.js';

interface McpValues extends Permissions {
  readonly folder?: string;
}

export function configure(command: Command): Command {
  command
    .option('--folder <dir>', 'where snapshots are saved (default: a new folder in the temporary folder of the system)')
    .option('--allow-eval', 'let why evaluate expressions in the target', false)
    .option('--allow-run', 'let record start programs, and leaks run a command a round', false)
    .option('--allow-path <dir>', 'a folder outside of the current one whose files may be read and written; repeatable', collected, [])
    .option('--allow-host <host>', 'a host beside this machine whose inspectors may be used; repeatable', collected, [])
    .option('--allow-other-users', 'also processes of other users, as far as the system lets us', false);
  return addExamples(command, [
    ['tracemalloc mcp', 'what a client such as Claude Code, Cursor or VS Code starts'],
    ['tracemalloc mcp --allow-run --folder .tracemalloc', 'it may start programs; its snapshots stay in the project'],
  ]);
}

export async function run(_args: readonly string[], { folder, ...permissions }: McpValues, console: Console): Promise<number> {
  const { serveMcp } = await import('../../mcp/mcp-server.js'); // a bundle of its own, which no other verb loads
  const interruption = firstInterruption();
  try {
    await serveMcp({
      command: fileURLToPath(new URL('../../cli/bin.js', import.meta.url)),
      permissions,
      folder: folder ?? null,
      cwd: console.cwd,
      interrupted: interruption.came,
      log: (line) => writeLines(console.err, [line]),
    });
  } finally {
    interruption.ignore();
  }
  return 0;
}
