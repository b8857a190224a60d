import { type RunningCommand, startCommand } from './command.js';

export interface Serving {
  readonly command: RunningCommand;
  /** `http://127.0.0.1:40123`. */
  readonly url: string;
}

/** Starts `tracemalloc serve` of a target on a free port, and waits until it serves. */
export async function startServing(
  target: string | number,
  options: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Serving> {
  const command = startCommand(['serve', `${target}`, '--listen', '127.0.0.1:0', ...options], { env });
  return { command, url: await command.waitFor('stderr', /^serving .* on (http:\S+)\/debug\/pprof\/ /m) };
}
