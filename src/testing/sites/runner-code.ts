import type { StackTable } from '../../model/stack-table.js';

/** Test runners, their mocks and assertions, and what collects their output. They keep what a test does until its end. */
const PACKAGE =
  /[\\/]node_modules[\\/](?:@jest|@vitest|jest(?:-[\w-]+)?|vitest|tinypool|tinyspy|birpc|expect|pretty-format|mocha|chai|tap|@tapjs|ava|istanbul-[\w-]+)[\\/]/;
/** `console` and the runner of Node. */
const BUILT_IN = /^node:internal\/(?:console|test_runner)\//;

/** By traceback: 1 if a runner or the console took part in the allocation. What they keep is not what the work keeps. */
export function runnerMask({ filenames, locationFile, frames, tracebackStart, totalFrames }: StackTable): Uint8Array {
  const isRunner = filenames.map((name) => PACKAGE.test(name) || BUILT_IN.test(name));
  const mask = new Uint8Array(totalFrames.length);
  for (let t = 0; t < mask.length; t++) {
    for (let i = tracebackStart[t]!; i < tracebackStart[t + 1]! && mask[t] === 0; i++)
      mask[t] = Number(isRunner[locationFile[frames[i]!]!]);
  }
  return mask;
}
