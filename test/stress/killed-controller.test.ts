import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { inspectorAmong, listenersOf } from '../../src/discovery/inspectable.js';
import { lookAt } from '../../src/discovery/process-identity.js';
import { attach, ForeignSamplerError, NotTracingError } from '../../src/index.js';
import { removeLeftFolder } from '../../src/tracing/cleanup/left-folder.js';
import { startCommand } from '../helpers/command.js';
import { dose, stressNodes } from '../helpers/dose.js';
import { evaluateIn } from '../helpers/evaluate.js';
import { type NodeBinary, nodeBinaries } from '../helpers/nodes.js';
import { repoPath } from '../helpers/paths.js';
import { startPlain } from '../helpers/plain-process.js';
import { reapLater, reapTargets, startTarget, temporaryFolder } from '../helpers/target-process.js';

afterEach(reapTargets);

const CONTROLLER = repoPath('dist', 'test', 'helpers', 'doomed-controller.js');
const TREE_CONTROLLER = repoPath('dist', 'test', 'helpers', 'doomed-tree-controller.js');
const CARETAKER = repoPath('dist', 'src', 'tracing', 'cleanup', 'caretaker-process.js');
/** The number of kills, each after another command. A kill after each of the about 170 commands would take minutes. */
const KILLS = dose(2, 16);
/** In the fixture's measure. The slowest run at full speed is far below, and the fastest run with a leftover of ours is far above. */
const SLOWEST = 4;

function controllerOf(port: number, command: number): ChildProcess {
  return spawn(process.execPath, [CONTROLLER, `${port}`, `${command}`], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/**
 * Whether a new tracing finds no sampler and no tracker in any thread, and runs on. V8 ends any sampling if a conversation that sampled ends (18 to 26):
 * a target that notices late that the controller is gone ends the new one too.
 */
async function isTraceable(port: number): Promise<boolean> {
  const tracer = await attach({ port });
  try {
    await tracer.start({ mode: 'exact' });
    return (await tracer.takeSnapshot()).capture.missing === undefined;
  } catch (error) {
    if (error instanceof ForeignSamplerError || error instanceof NotTracingError) return false;
    throw error;
  } finally {
    await tracer.close();
  }
}

/** Waits until `holds` is true. @param what names the condition in the message of a failure */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a caretaker (stress)', () => {
  it('restores what it knows of if the controller was killed in the middle of a message', async () => {
    const code =
      "const v8 = require('v8'); globalThis.set = []; v8.setFlagsFromString = (flag) => set.push(flag); setInterval(() => {}, 1e6); console.log('ready');";
    const { url, port } = await startTarget({ execPath: process.execPath, code, ready: true });
    const caretaker = spawn(process.execPath, [CARETAKER, url], { stdio: ['pipe', 'ignore', 'inherit', 'pipe'] });
    caretaker.stdin!.write(`${JSON.stringify({ name: 'flags', task: { kind: 'flags', flags: ['--turbo-inlining'] } })}\n`);
    caretaker.stdin!.end('{"name":"script 7 of main","task":{"kind":"script","source":"const');
    await once(caretaker, 'exit');
    await expect(evaluateIn(port, 'set.join()')).resolves.toBe('--turbo-inlining');
  });
});

describe('the folder of a followed program, when the controller is killed (stress)', () => {
  const foldersIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('node-tracemalloc-'));

  it.each(['runs on', 'is killed with it'])('is removed if the program %s', async (how) => {
    const folder = temporaryFolder();
    const file = join(folder, 'program.cjs');
    writeFileSync(file, "setInterval(() => {}, 1000); console.log('pid', process.pid);");
    const command = startCommand(['run', '--follow', '-o', join(folder, 'x.tmsnap'), file], { env: { TMPDIR: folder } });
    const pid = Number(await command.waitFor('stdout', /pid (\d+)/));
    if (how === 'runs on') reapLater(async () => process.kill(pid, 'SIGKILL'));
    expect(foldersIn(folder)).toHaveLength(1);
    command.child.kill('SIGSTOP'); // so that it cannot clean up by itself when its program ends
    if (how !== 'runs on') process.kill(pid, 'SIGKILL');
    command.child.kill('SIGKILL');
    await until('the folder is gone', async () => foldersIn(folder).length === 0);
  });

  it('nothing else is removed, whatever the task says', () => {
    const folder = temporaryFolder();
    const near = mkdtempSync(join(tmpdir(), 'node-tracemalloc-cache-'));
    for (const path of [folder, near, join(near, 'node-tracemalloc-0123456789abcdef')]) {
      mkdirSync(path, { recursive: true });
      removeLeftFolder(path);
      expect(existsSync(path)).toBe(true);
    }
    rmSync(near, { recursive: true });
  });
});

/** Kills one controller after another, each after another command, and looks at the target. */
async function killControllers({ execPath, major }: NodeBinary): Promise<void> {
  const target = await startTarget({ execPath, file: repoPath('fixtures', 'programs', 'left-behind.cjs'), ready: true });
  const original = await evaluateIn(target.port, 'look()');
  const isFast = async () => Number(await evaluateIn(target.port, 'speed()')) < SLOWEST;
  await until('the target is warm', isFast);
  const unharmed = controllerOf(target.port, 0);
  const commands = Number(await text(unharmed.stdout!));
  expect(commands).toBeGreaterThan(50);
  for (let command = 1 + (major % 5); command < commands; command += Math.ceil(commands / KILLS)) {
    const [code, signal] = await once(controllerOf(target.port, command), 'exit');
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
    const onceKilled = (what: string) => `Node ${major}: ${what} after command ${command} of ${commands}`;
    await until(onceKilled('the text is as before'), async () => (await evaluateIn(target.port, 'look()')) === original);
    await until(onceKilled('nothing is traced'), () => isTraceable(target.port));
    await until(onceKilled('it is fast'), isFast);
  }
}

// The versions at once: each mostly waits.
it(
  'a controller that is killed leaves nothing behind, whenever it was killed, on every Node of this run (stress)',
  async () => {
    await Promise.all(nodeBinaries().map(killControllers));
  },
  dose(300_000, 600_000),
);

/** In ms after the program was asked to move its inspector, which it does after 100; -1: before it is asked. */
const KILLED_AFTER = [-1, 0, 60, 100, 140];
/** A busy program: its timer runs for 5 ms of every 12. */
const BUSY = 'setInterval(() => { const end = Date.now() + 5; while (Date.now() < end); }, 12)';

async function killMovers({ execPath }: NodeBinary): Promise<void> {
  const { pid, exited } = await startPlain(execPath, BUSY);
  const isOpen = async () => (await inspectorAmong(await listenersOf(lookAt(pid)))) !== null;
  for (const ms of KILLED_AFTER) {
    const [, signal] = await once(
      spawn(process.execPath, [TREE_CONTROLLER, `${pid}`, `${ms}`], { stdio: ['ignore', 'ignore', 'inherit'] }),
      'exit',
    );
    expect(signal).toBe('SIGKILL');
    // It may be closed for a moment while it moves.
    let looks = 0;
    await until(`the inspector is closed after ${ms} ms`, async () => {
      looks = (await isOpen()) ? 0 : looks + 1;
      return looks > 20;
    });
  }
  await expect(Promise.race([exited, 'runs'])).resolves.toBe('runs');
}

it('a controller that is killed while it moves an inspector leaves none open (stress)', async () => {
  await Promise.all(stressNodes().map(killMovers));
}, 120_000);
