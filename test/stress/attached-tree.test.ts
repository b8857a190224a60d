import { readdirSync } from 'node:fs';
import { afterEach, expect, it } from '@jest/globals';
import { inspectorAmong, listenersOf } from '../../src/discovery/inspectable.js';
import { lookAt } from '../../src/discovery/process-identity.js';
import { programsInTree } from '../../src/discovery/running-programs.js';
import { startCommand } from '../helpers/command.js';
import { repoPath } from '../helpers/paths.js';
import { startPlain } from '../helpers/plain-process.js';
import { reapTargets, temporaryFolder } from '../helpers/target-process.js';

afterEach(reapTargets);

const PROCESSES = 60;

it('attach --follow traces sixty processes, and closes all their inspectors (stress)', async () => {
  const cwd = temporaryFolder();
  const env = { NODE_OPTIONS: '--max-old-space-size=32' };
  const command = [process.execPath, repoPath('fixtures/programs/tree/many.cjs'), `${PROCESSES}`] as const;
  const { pid, stderr: ofPrograms } = await startPlain('', '', { command: [...command], env });
  const programs = await programsInTree(pid);
  const { code, stderr } = await startCommand(['attach', `${pid}`, '--follow', '--duration', '1s', '-o', 's.tmsnap'], { cwd }).exited;
  expect(ofPrograms().match(/^.*(ended: |FATAL|Assertion|Check failed).*$/gm) ?? []).toEqual([]);
  expect([code, stderr]).toEqual([0, expect.stringMatching(new RegExp(`^${PROCESSES} processes:$`, 'm'))]);
  expect(stderr).not.toContain('no snapshot');
  expect(readdirSync(cwd).sort()).toEqual(['s.tmsnap', ...programs.map((one) => `s.tmsnap.${one.pid}`)].sort());
  expect(await programsInTree(pid)).toHaveLength(PROCESSES);
  for (const one of programs) expect(await inspectorAmong(await listenersOf(lookAt(one.pid)))).toBeNull();
}, 180_000);
