import { CommandFailure } from './command-failure.js';
import type { CommandResult } from './run-command.js';

const PREFIX = 'tracemalloc: ';

/** The JSON document that a command has printed. @throws CommandFailure with what the command said if there is none */
export function documentOf<Document>({ stdout, stderr, code }: CommandResult): Document {
  try {
    return JSON.parse(stdout) as Document;
  } catch {
    throw failureOf({ stderr, code });
  }
}

/** Why a command has failed, in its own words. */
export function failureOf({ stderr, code }: Pick<CommandResult, 'stderr' | 'code'>): CommandFailure {
  const said = stderr.findLast((line) => line.startsWith(PREFIX)) ?? stderr.at(-1);
  return new CommandFailure(
    said === undefined ? `tracemalloc ended with ${code ?? 'a signal'} and said nothing` : said.replace(PREFIX, ''),
  );
}
