import { spawnSync } from 'node:child_process';

/** Whether a program can be run. If not, says on stderr what is not tested without it. */
export function hasProgram(name: string, args: readonly string[], untested: string): boolean {
  const found = spawnSync(name, args, { stdio: 'ignore' }).status === 0;
  if (!found) process.stderr.write(`skipped, there is no ${name}: ${untested}\n`);
  return found;
}

/** The stdout of a program. @throws with its stderr if it fails */
export function outputOf(name: string, args: readonly string[], input?: Uint8Array): string {
  const { status, stdout, stderr, error } = spawnSync(name, args, { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw error ?? new Error(`${name} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
