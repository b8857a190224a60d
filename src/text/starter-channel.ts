/**
 * In the environment of a command, with the value 1: the process that started it listens to its IPC channel. A channel alone does not mean it:
 * `fork` of a stranger opens one, too.
 */
export const STARTER_LISTENS = 'NODE_TRACEMALLOC_STARTER_LISTENS';
