/**
 * Gives true lines to the Node processes that this one starts, through NODE_OPTIONS. Forked processes also get `--import` from our own
 * arguments, but load us only once. A child process older than Node 18.18 would refuse the option.
 */
export function letChildrenInherit(preload: string, env: NodeJS.ProcessEnv = process.env): void {
  if (env.NODE_TRACEMALLOC_LINES_FOLLOW === '0') return;
  const options = env.NODE_OPTIONS ?? '';
  const option = `--import=${preload}`;
  if (!options.split(' ').includes(option)) env.NODE_OPTIONS = options === '' ? option : `${options} ${option}`;
}
