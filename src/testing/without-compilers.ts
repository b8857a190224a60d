import { cachedDataVersionTag, setFlagsFromString } from 'node:v8';

/**
 * Switches off V8's compilers, except for the one that makes bytecode. They leave hundreds of blocks below one line of the program while the code that
 * it calls becomes hot, for thousands of calls: a request over HTTP left 5 to 35 blocks in each round of 100 calls, and 660 in one of 800. Without them
 * it leaves none (Node 20 to 26).
 *
 * @returns switches on again what was on
 */
export function withoutCompilers(): () => void {
  return switchedOff(['opt', 'maglev', 'sparkplug']);
}

/**
 * Switches off V8's cache of compiled code. It keeps the code of every new source of `vm.Script` (Node 20 to 26), `eval` and `new Function` (26), about
 * 1 KB each, through all collections that we ask for. A function that compiles a template would seem to leak.
 *
 * @returns restores the cache
 */
export function withoutCompilationCache(): () => void {
  return switchedOff(['compilation-cache']);
}

function switchedOff(flags: readonly string[]): () => void {
  const changed = flags.filter((name) => {
    const tag = cachedDataVersionTag(); // a hash of V8's flags
    setFlagsFromString(`--no-${name}`);
    return cachedDataVersionTag() !== tag;
  });
  return () => {
    for (const name of changed) setFlagsFromString(`--${name}`);
  };
}
