import { spawn } from 'node:child_process';
import { repoPath } from './paths.js';
import { providePackages } from './provide.js';
import { outputOf, reapLater, temporaryFolder, waitForText } from './target-process.js';

export interface ClickHouseServer {
  /** Without a database. */
  readonly url: string;
  readonly pid: number;
  close(): Promise<unknown>;
}

/** The folder of ClickHouse's library, 543 MB; null if it cannot be had, which one line then says. */
export async function provideClickHouse(): Promise<string | null> {
  try {
    return await providePackages('clickhouse');
  } catch (error) {
    process.stderr.write(`tests with ClickHouse are skipped: chdb could not be installed: ${String(error).split('\n')[0]}\n`);
    return null;
  }
}

/** Starts the engine with a folder of data of its own. `reapTargets` ends it. */
export async function startClickHouse(packages: string, env: NodeJS.ProcessEnv = {}): Promise<ClickHouseServer> {
  const script = repoPath('dist/test/helpers/clickhouse-process.js');
  const child = spawn(process.execPath, [script, packages, temporaryFolder()], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const close = (): Promise<unknown> => {
    child.kill('SIGKILL');
    return exited;
  };
  reapLater(close);
  const port = await waitForText(child, { name: 'stdout', pattern: /ready on (\d+)/, output: outputOf(child) });
  return { url: `http://127.0.0.1:${port}`, pid: child.pid!, close };
}
