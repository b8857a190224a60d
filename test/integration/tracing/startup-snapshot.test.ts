import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/index.js';
import { runCommand } from '../../helpers/command.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const PROGRAM = `
  const { startupSnapshot } = require('node:v8');
  const kept = [];
  class Row { constructor(i) { this.i = i; } }
  startupSnapshot.setDeserializeMainFunction(function main() {
    for (let i = 0; i < 5000; i++)
      kept.push(new Row(i));
  });`;

/** Node 18 and 20 load no startup snapshot if they are given V8's flags that were not given when it was built. */
describe.each(nodeBinaries())('a program from a startup snapshot, Node $major', ({ execPath }) => {
  it('can be traced in all modes; its own code has no true lines, and we say so (matrix)', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'main.js'), PROGRAM);
    execFileSync(execPath, ['--snapshot-blob', 'app.blob', '--build-snapshot', 'main.js'], { cwd, stdio: 'ignore' });
    const node = ['--node', execPath, '--node-arg=--snapshot-blob', '--node-arg=app.blob'];
    const objects = await runCommand(['run', ...node, '--mode', 'objects', '-o', 'objects', 'main.js'], { cwd });
    expect(objects).toMatchObject({ code: 0, stdout: '' });
    const rows = Snapshot.load(join(cwd, 'objects')).traces.filter(({ type }) => type === 'Row');
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(5000);
    const lines = await runCommand(['run', ...node, '--lines', '--mode', 'exact', '-o', 'lines', 'main.js'], { cwd });
    expect(lines.code).toBe(0);
    expect(lines.stderr).toMatch(/^code of the startup snapshot \(--snapshot-blob\) was compiled when the snapshot was built: /);
    const frame = Snapshot.load(join(cwd, 'lines'))
      .statistics('lineno')
      .map(({ traceback }) => traceback.at(-1)!)
      .find(({ functionName }) => functionName === 'main');
    expect(frame).toMatchObject({ lineno: 5, precision: 'function' });
  });
});
