import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * From the file that `TRACEMALLOC_STORE_CREDENTIALS` names, whose first line is `USER:PASSWORD`, otherwise from `CLICKHOUSE_USER` and
 * `CLICKHOUSE_PASSWORD`. ClickHouse's own user `default` has no password.
 *
 * @throws UsageError that does not repeat what the file holds
 */
export function readCredentials(env: NodeJS.ProcessEnv): Credentials {
  const { TRACEMALLOC_STORE_CREDENTIALS: file, CLICKHOUSE_USER: username, CLICKHOUSE_PASSWORD: password = '' } = env;
  if (!file) return { username: username || 'default', password };
  const [line = ''] = textOf(file).split(/\r?\n/);
  const at = line.indexOf(':');
  if (at < 1)
    throw new UsageError(`the file ${file}, which TRACEMALLOC_STORE_CREDENTIALS names, must have USER:PASSWORD on its first line`);
  return { username: line.slice(0, at), password: line.slice(at + 1) };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(
      `the file ${file}, which TRACEMALLOC_STORE_CREDENTIALS names, cannot be read (${code}); create it, or unset the variable`,
      { cause },
    );
  }
}
