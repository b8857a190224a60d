import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { attach, launch, type Snapshot } from '../../../src/index.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

/** After its last line nothing refers to its functions. */
const MAIN = `
const fill = (n) => Array(n).fill().map(() => ({ n }));
globalThis.fromFill = fill(3000);
for (let i = 0; i < 3000; i++) (globalThis.fromTop ??= []).push({ i });
globalThis.fromCallback = Array.from({ length: 3000 },
  (_, i) => ({ i }));
require('./leaf.cjs');
gc(); gc();
debugger;`;
const LEAF = `globalThis.fromLeaf = [];
for (let i = 0; i < 3000; i++) globalThis.fromLeaf.push({ i });`;

function folder(): string {
  const made = temporaryFolder();
  writeFileSync(join(made, 'main.cjs'), MAIN);
  writeFileSync(join(made, 'leaf.cjs'), LEAF);
  return made;
}

/** Lines with more than 40 KB, in the files of a folder. A file without a line is line 0. */
function lines(snapshot: Snapshot, within: string): string[] {
  const large = snapshot.statistics('lineno').filter(({ size }) => size > 40_000);
  return large
    .map(({ traceback }) => traceback.at(-1)!)
    .filter(({ filename }) => filename.startsWith(within) || filename.startsWith('<coll'))
    .map(({ filename, lineno }) => `${filename.slice(within.length + 1)}:${lineno}`)
    .sort();
}

describe.each(nodeBinaries())('scripts that V8 has collected, Node $major (every version)', ({ execPath }) => {
  it('a program that is started keeps their names and lines; a mark that is left at once does not stop it', async () => {
    const cwd = folder();
    const tracer = await launch(join(cwd, 'main.cjs'), { execPath, execArgv: ['--expose-gc'], stdio: 'ignore' });
    reapLater(() => tracer.kill('SIGKILL'));
    const leave = tracer.onMark(() => leave());
    await tracer.start({ interval: 256 });
    const { code, snapshot } = await tracer.exited;
    expect(code).toBe(0);
    expect(lines(snapshot!, cwd)).toEqual(['leaf.cjs:1', 'main.cjs:1', 'main.cjs:2', 'main.cjs:6']);
  });

  it('a running program keeps those that come meanwhile', async () => {
    const cwd = folder();
    const target = await startTarget({ execPath, file: repoPath('fixtures/programs/growing.cjs'), ready: true });
    const tracer = await attach(target.port);
    await tracer.start({ interval: 256 });
    const leaf = JSON.stringify(join(cwd, 'leaf.cjs'));
    await evaluateIn(target.port, `process.mainModule.require(${leaf})`);
    expect(lines(await tracer.takeSnapshot(), cwd)).toEqual(['leaf.cjs:1']);
    expect(lines(await tracer.takeSnapshot(), cwd)).toEqual(['leaf.cjs:1']);
    await tracer.close();
  });
});
