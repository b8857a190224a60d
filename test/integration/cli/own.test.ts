import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { attach, Snapshot, type StartOptions } from '../../../src/index.js';
import { callCommand, runCommand } from '../../helpers/command.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

const folder = temporaryFolder();
const file = (name: string, text: string) => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};
/** Allocates what its callers ask for, and keeps it. */
const KEEPER = file(
  'node_modules/keeper/index.js',
  'const kept = globalThis.kept = [];\nexports.keep = function keep(n) { for (let i = 0; i < n; i++) kept.push({ i, list: new Array(50).fill(i) }); };\n',
);
const PROGRAM = [
  "const { keep } = require('keeper');",
  'globalThis.much = function much() { keep(3000); };',
  'globalThis.little = function little() { keep(300); };',
  "much(); little(); if (process.argv[2]) { console.log('ready'); setInterval(() => {}, 1000); }",
].join('\n');
const APP = file('app.js', PROGRAM);
const TOOL = file('node_modules/tool/cli.js', PROGRAM);
mkdirSync(join(folder, 'node_modules/.bin'));
symlinkSync(TOOL, join(folder, 'node_modules/.bin/tool'));

/** Bytes of one list of 50 small numbers. */
const LEAST = 50 * 8;

interface Row {
  readonly size: number;
  readonly traceback: { readonly frames: readonly [{ readonly filename: string; readonly lineno: number }] };
  readonly ownCaller: { readonly share: number; readonly frame: { readonly filename: string; readonly lineno: number } };
}

const place = ({ filename, lineno }: { readonly filename: string; readonly lineno: number }) => `${filename}:${lineno}`;

describe.each(oldestAndNewest())('own code first, Node $major', ({ execPath }) => {
  it('a package allocates, and the lines of the program get the bytes; a tool of a package is a program, too (long)', async () => {
    const output = join(folder, 'app.tmsnap');
    const run = (script: string) =>
      runCommand(['run', '--node', execPath, '--mode', 'exact', '--own', '--json', '--force', '-o', output, script], { cwd: folder });
    for (const [script, path] of [
      ['app.js', APP],
      ['node_modules/.bin/tool', TOOL],
    ] as const) {
      const { code, stdout } = await run(script);
      expect(code).toBe(0);
      const { keyType, statistics } = JSON.parse(stdout) as { keyType: string; statistics: Row[] };
      expect(keyType).toBe('own');
      const sizes = new Map(statistics.map(({ size, traceback }) => [place(traceback.frames[0]), size]));
      expect([...sizes.keys()][0]).toBe(`${path}:2`);
      expect(sizes.get(`${path}:2`)).toBeGreaterThan(3000 * LEAST);
      expect(sizes.get(`${path}:3`)).toBeGreaterThan(300 * LEAST);
      expect(sizes.get(`${path}:3`)).toBeLessThan(3000 * LEAST);
      const { capture, tracebackLimit } = Snapshot.load(output);
      expect([capture.target.script, tracebackLimit]).toEqual([path === TOOL ? TOOL : undefined, 128]);
    }
    const byLine = await callCommand(['stats', '--json', '--top', '1', output]);
    const [row] = (JSON.parse(byLine.stdout) as { statistics: Row[] }).statistics;
    expect(place(row!.traceback.frames[0])).toBe(`${KEEPER}:2`);
    expect(place(row!.ownCaller.frame)).toBe(`${TOOL}:2`);
    expect(row!.ownCaller.share).toBeCloseTo(0.9, 1);
    const kept = await callCommand(['stats', '--json', '--include-any', TOOL, '--exclude-any', KEEPER, output]);
    expect(kept.stdout).not.toContain(KEEPER);
  });

  it('a running program tells its script, and a snapshot whether functions were inlined', async () => {
    const { port } = await startTarget({ execPath, file: join(folder, 'node_modules/.bin/tool'), args: ['stay'], ready: true });
    const tracer = await attach(port);
    const captured = async (options: StartOptions) => {
      await tracer.start(options);
      const { capture } = await tracer.takeSnapshot();
      await tracer.stop();
      return capture;
    };
    const { target, inlining } = await captured({});
    expect([target.script, inlining]).toEqual([TOOL, true]);
    expect((await captured({ inlining: false })).inlining).toBe(false);
    expect((await captured({ lines: true })).inlining).toBe(false);
    await tracer.close();
  });
});
