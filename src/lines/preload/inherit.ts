/**
 * Lets the Node processes that this one starts have true lines too, by NODE_OPTIONS; those that it forks take `--import` from our own arguments as
 * well, and load us once. A child that is older than 18.18 would refuse the option.
 */
export function letChildrenInherit(preload: string, env: NodeJS.ProcessEnv = process.env): void {
  if (env.NODE_TRACEMALLOC_LINES_FOLLOW === '0') return;
  const options = env.NODE_OPTIONS ?? '';
  const option = `--import=${preload}`;
  if (!options.split(' ').includes(option)) env.NODE_OPTIONS = options === '' ? option : `${options} ${option}`;
}
