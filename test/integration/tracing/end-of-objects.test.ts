import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { attach } from '../../../src/index.js';
import { runCommand } from '../../helpers/command.js';
import { openEvaluator } from '../../helpers/evaluate.js';
import { failureOf } from '../../helpers/failure.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

/** Runs JavaScript from the first line of stdin until a file `go` exists beside it. Ends without a turn of its event loop. */
const BUSY = `
  const { existsSync, writeSync } = require('node:fs');
  process.stdin.once('data', () => {
    globalThis.kept = Array.from({ length: 1000 }, function make(_, i) { return { i }; });
    writeSync(1, 'busy\\n');
    while (!existsSync(__dirname + '/go'));
    process.exit(3);
  });
  console.log('ready');
`;

/** Longer than each of these ends takes, and shorter than our wait for an answer. */
const IN_TIME_MS = 25_000;

describe.each(nodeBinaries())('object mode, a program that ends while a heap snapshot waits, Node $major', ({ execPath }) => {
  it(
    'ends, and leaves its last snapshot',
    async () => {
      const folder = temporaryFolder();
      const file = join(folder, 'busy.cjs');
      writeFileSync(file, BUSY);
      const target = await startTarget({ execPath, file, ready: true });
      const other = await openEvaluator(target.port);
      const tracer = await attach(target.port);
      await tracer.start({ mode: 'objects' });
      const isBusy = new Promise((resolve) => target.child.stdout.once('data', resolve));
      target.child.stdin.write('\n');
      await isBusy;
      const snapshots = [1, 2].map(() => failureOf(tracer.takeSnapshot())); // whether one of them succeeds depends on the version
      expect(await other.evaluate('6 * 7')).toBe(42); // so the target has got the request by now
      writeFileSync(join(folder, 'go'), '');
      await Promise.all(snapshots);
      const { snapshot, error } = await tracer.closed;
      await other.close(); // not earlier, because V8 ends the tracking with it
      await expect(target.exited).resolves.toEqual({ code: 3, signal: null });
      expect(error).toBeNull();
      expect(snapshot!.traces.filter(({ traceback }) => traceback.at(-1)?.functionName === 'make').length).toBeGreaterThanOrEqual(1000);
    },
    IN_TIME_MS,
  );

  it(
    'run --follow: kills itself (matrix)',
    async () => {
      const file = join(temporaryFolder(), 'killed.cjs');
      writeFileSync(file, "globalThis.kept = [{}]; setTimeout(() => process.kill(process.pid, 'SIGTERM'), 100);");
      const cwd = temporaryFolder();
      const { code, stderr } = await runCommand(['run', '--node', execPath, '--follow', '--mode', 'objects', '-o', 'x.tmsnap', file], {
        cwd,
      });
      expect(code).toBe(143);
      expect(stderr).toMatch(/snapshot saved as x\.tmsnap\n$/);
    },
    IN_TIME_MS,
  );
});
