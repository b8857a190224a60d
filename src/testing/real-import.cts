/**
 * Loads a file of ours as Node does, once for each process. A module that jest loads for a test file lives in the context of that file: each would
 * load the whole library again, and jest cannot `require` ES modules. jest gives a test a `process` of its own, too, so ours is that of the main context.
 */
function requireOutside(path: string): unknown {
  const { runInThisContext }: typeof import('node:vm') = require('node:vm');
  const { getBuiltinModule }: typeof process = runInThisContext('process');
  return getBuiltinModule('node:module').createRequire(__filename)(path);
}

module.exports = requireOutside;
