import { cachedDataVersionTag, setFlagsFromString } from 'node:v8';

/**
 * Switches off V8's cache of compiled code. It keeps the code of every new source of `vm.Script` (Node 20 to 26), `eval` and `new Function` (26), about
 * 1 KB each, through all collections that we ask for. A function that compiles a template would seem to leak.
 *
 * @returns restores the cache
 */
export function withoutCompilationCache(): () => void {
  const tag = cachedDataVersionTag(); // a hash of V8's flags
  setFlagsFromString('--no-compilation-cache');
  const isChanged = cachedDataVersionTag() !== tag;
  return () => {
    if (isChanged) setFlagsFromString('--compilation-cache');
  };
}
