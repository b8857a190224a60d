import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Profile } from 'pprof-format';
import { encodeChange } from '../../../src/formats/export.js';
import { encode } from '../../../src/formats/index.js';
import { Snapshot } from '../../../src/index.js';
import type { TraceInput } from '../../../src/snapshot/from-traces.js';
import { hasProgram, outputOf } from '../../helpers/foreign-programs.js';
import { HOSTILE_NAMES, hostileTraces } from '../../helpers/hostile-traces.js';
import { importIntoSpeedscope } from '../../helpers/speedscope.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

const go = hasProgram('go', ['version'], 'whether go tool pprof reads our profiles');
const withGo = go ? describe : describe.skip;

const main = { filename: '/app/main.js', lineno: 1, column: 1, functionName: 'main' };
const load = { filename: '/app/load.js', lineno: 7, column: 15, functionName: 'load' };
const parse = { filename: '/app/load.js', lineno: 30, column: 3, functionName: 'Parser<T>.parse (x)', precision: 'line' as const };
const OLD: TraceInput[] = [
  { size: 1000, count: 10, frames: [main, load] },
  { size: 300, count: 3, frames: [main, load, parse] },
  { size: 50, frames: [{ filename: '<GC>', lineno: 0 }] },
];
const NEW: TraceInput[] = [
  { size: 5000, count: 50, type: 'Array', frames: [main, load] },
  { size: 4096, count: 1, domain: 1, type: 'Buffer', thread: 'worker 1', label: 'GET /users/:id', frames: [main, load] },
  { size: 20, frames: [{ filename: '/app/main.js', lineno: 9 }] },
];

let cwd = '';
let files: Readonly<Record<'old' | 'now' | 'diff' | 'change' | 'hostile' | 'pair' | 'morePair', string>>;

beforeAll(() => {
  cwd = temporaryFolder();
  const source = join(cwd, 'pair.js');
  writeFileSync(source, 'function pair(a, b) {\n  return [[a], [b]];\n}\n');
  const pair = (first: number, second: number) =>
    [first, second].map((size, i) => ({
      size,
      frames: [{ filename: source, lineno: 2, column: 11 + 5 * i, functionName: 'pair', precision: 'line' as const }],
    }));
  const [old, now] = [at('2026-11-22T10:00:00Z', OLD), at('2026-11-22T10:01:30Z', NEW)];
  files = {
    old: saved('old', old),
    now: saved('now', now),
    diff: saved('diff', now, old),
    change: written('change', encodeChange(now, old)),
    pair: saved('pair', Snapshot.fromTraces(pair(300, 200))),
    morePair: saved('more-pair', Snapshot.fromTraces(pair(300, 4000))),
    hostile: saved('hostile', Snapshot.fromTraces(hostileTraces())),
  };
});
afterAll(reapTargets);

function at(time: string, traces: readonly TraceInput[]): Snapshot {
  const snapshot = Snapshot.fromTraces(traces);
  return new Snapshot({ ...snapshot, capture: { ...snapshot.capture, time } });
}

function saved(name: string, snapshot: Snapshot, old?: Snapshot): string {
  return written(name, Buffer.concat([...encode(snapshot, 'pprof', old && { old })]));
}

function written(name: string, profile: Uint8Array): string {
  const path = join(cwd, `${name}.pb.gz`);
  writeFileSync(path, profile);
  return path;
}

function pprof(...args: readonly string[]): string {
  return outputOf('go', ['tool', 'pprof', ...args]);
}

/** The rows of `-top`: name, flat, cum. */
function top(...args: readonly string[]): [name: string, flat: string, cum: string][] {
  const lines = pprof('-top', '-unit=B', '-nodecount=1000', '-nodefraction=0', ...args).split('\n');
  return lines.slice(lines.findIndex((line) => /flat +flat%/.test(line)) + 1, -1).map((line) => {
    const [, flat, cum, name] = /^ *(\S+) +\S+ +\S+ +(\S+) +\S+ {2}(.*)$/.exec(line)!;
    return [name!, flat!, cum!];
  });
}

withGo('go tool pprof', () => {
  it('shows bytes by function', () => {
    expect(top(files.old)).toEqual([
      ['load', '1000B', '1300B'],
      ['Parser<T>.parse (x)', '300B', '300B'],
      ['<GC>', '50B', '50B'],
      ['main', '0', '1300B'],
    ]);
    expect(top(files.now)).toContainEqual(['(anonymous main.js:9)', '20B', '20B']);
  });

  it('shows bytes by line, and blocks', () => {
    expect(top('-lines', files.old)).toContainEqual(['Parser<T>.parse (x) /app/load.js:30', '300B', '300B']);
    expect(pprof('-top', '-sample_index=inuse_objects', files.old)).toMatch(/^ +10 .* load$/m);
    expect(pprof('-top', files.old)).toContain('Type: inuse_space');
  });

  it('selects by thread, type, domain and label', () => {
    expect(top('-tagfocus=thread=worker 1', files.now)).toEqual([
      ['load', '4096B', '4096B'],
      ['main', '0', '4096B'],
    ]);
    expect(top('-tagfocus=label=GET /users', files.now)).toEqual(top('-tagfocus=thread=worker 1', files.now));
    expect(top('-tagfocus=label=GET /other', files.now)).toEqual([]);
    expect(top('-tagignore=label=GET', files.now)[0]).toEqual(['load', '5000B', '5000B']);
    expect(top('-tagfocus=type=Array', files.now)[0]).toEqual(['load', '5000B', '5000B']);
    expect(top('-tagfocus=domain=ArrayBuffer', files.now)[0]).toEqual(['load', '4096B', '4096B']);
  });

  it('a difference equals what -diff_base makes of two files, percentages included', () => {
    const rows = (text: string) => text.split('\n').filter((line) => /%/.test(line));
    for (const index of ['inuse_space', 'inuse_objects']) {
      const own = rows(pprof('-top', `-sample_index=${index}`, files.diff));
      expect(own).toEqual(rows(pprof('-top', `-sample_index=${index}`, `-diff_base=${files.old}`, files.now)));
      expect(own.length).toBeGreaterThan(4);
    }
    expect(top(files.diff)[0]).toEqual(['load', '8096B', '7796B']);
  });

  it('a change, as it is served, equals what Go makes of two profiles', () => {
    const blocks = (...args: readonly string[]) => {
      const [, ...samples] = pprof('-traces', '-unit=B', ...args).split(/^-+\+-+\n/m);
      return samples.sort();
    };
    for (const index of ['inuse_space', 'inuse_objects']) {
      const own = blocks(`-sample_index=${index}`, files.change);
      expect(own).toEqual(blocks(`-sample_index=${index}`, `-base=${files.old}`, files.now));
      expect(own.length).toBeGreaterThan(4);
    }
    expect(pprof('-raw', files.change)).not.toContain('pprof::base');
    expect(pprof('-top', files.change)).toMatch(/^Time: .*\nDuration: 90s, Total samples = /m);
  });

  it('tells places in one line apart by address, the same way in every profile', () => {
    const addresses = (...args: readonly string[]) => top('-addresses', ...args).filter(([name]) => name.includes('pair.js'));
    const [first, second, ...none] = addresses(files.pair);
    expect(none).toEqual([]);
    expect([first!.slice(1), second!.slice(1)]).toEqual([
      ['300B', '300B'],
      ['200B', '200B'],
    ]);
    expect(first![0]).toMatch(/^[0-9a-f]{16} pair .*pair\.js:2$/);
    expect(addresses(files.pair, files.morePair)).toEqual([
      [second![0], '4200B', '4200B'],
      [first![0], '600B', '600B'],
    ]);
    expect(top('-lines', files.pair)).toEqual([[expect.stringMatching(/^pair .*pair\.js:2$/), '500B', '500B']]);
    const normalized = addresses('-normalize', `-diff_base=${files.pair}`, files.morePair).map(([name, flat]) => [name, flat]);
    expect(Object.fromEntries(normalized)).toEqual({ [second![0]]: '265B', [first![0]]: '-265B' }); // 4000 / 4300 = 465 / 500
  });

  it('lists the lines of a source', () => {
    expect(pprof('-list=pair', '-unit=B', files.pair)).toMatch(/^ +500B +500B +2: {2}return \[\[a\], \[b\]\];$/m);
  });

  it('accepts hostile names', () => {
    const total = HOSTILE_NAMES.reduce((sum, _, index) => sum + 1001 + index, 0);
    expect(pprof('-top', '-unit=B', '-nodecount=1000', files.hostile)).toContain(`of ${total}B total`);
    expect(pprof('-raw', files.hostile)).toContain('</script><img src=x onerror=alert(1)>');
  });
});

it('escapes control characters in all names', () => {
  const hostile = Snapshot.fromTraces(hostileTraces());
  const titled = new Snapshot({ ...hostile, capture: { ...hostile.capture, target: { ...hostile.capture.target, title: '\u001b[31m' } } });
  const { strings } = Profile.decode(gunzipSync(Buffer.concat([...encode(titled, 'pprof')]))).stringTable;
  expect(strings.filter((text) => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u.test(text))).toEqual([]);
  expect(strings).toEqual(expect.arrayContaining(['\\u{1b}]0;owned\\u{7}\\u{9b}31m', '/app/\\u{202e}esrever\\u{2028}.js', '\\u{1b}[31m']));
});

it('profile.proto: columns, start lines, time, period, comments', () => {
  const { capture } = Snapshot.fromTraces(OLD);
  const profile = Profile.decode(gunzipSync(Buffer.concat([...encode(Snapshot.fromTraces(OLD), 'pprof')])));
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)];
  const functions = profile.function.map(({ name, filename, startLine }) => [text(name), text(filename), startLine]);
  expect(functions).toEqual([
    ['main', '/app/main.js', 1],
    ['load', '/app/load.js', 7],
    ['Parser<T>.parse (x)', '/app/load.js', 0],
    ['<GC>', '<GC>', 0],
  ]);
  const lines = profile.location.map(({ line: [line] }) => [Number(line!.functionId), line!.line, line!.column]);
  expect(lines).toEqual([
    [1, 1, 1],
    [2, 7, 15],
    [3, 30, 3],
    [4, 0, 0],
  ]);
  const addresses = profile.location.map(({ address }) => Number(address));
  expect(new Set([0, ...addresses]).size).toBe(1 + lines.length);
  const [mapping] = profile.mapping;
  expect(addresses.filter((address) => address < Number(mapping!.memoryStart) || address >= Number(mapping!.memoryLimit))).toEqual([]);
  expect(Number(profile.timeNanos) / 1e6).toBeCloseTo(Date.parse(capture.time), -4);
  expect(profile.comment.map(text)).toEqual(['traced 1350 B', 'exact, every block; lines are where functions start.']);
});

it('speedscope draws a pprof file', async () => {
  const content = Buffer.concat([...encode(Snapshot.fromTraces(OLD), 'pprof')]);
  const [profile] = (await importIntoSpeedscope('x.pb.gz', content))!;
  expect(profile).toMatchObject({ unit: 'bytes', total: 1350 });
});
