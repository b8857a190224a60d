import { basename } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Precision } from '../../../src/model/frame.js';
import { Agent } from '../../helpers/agent.js';
import { expectClean } from '../../helpers/clean-target.js';
import { isLeakingPlace, subjectFile } from '../../helpers/growth-subjects.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

/** A program with one leak, when it is tested, and the variable that a person who has read the program would change. */
const SCENARIOS = [
  ['unbounded-map', '(full)', 'variable sessions'],
  ['cache-by-url', '(full)', 'variable cache'],
  ['event-log', '(full)', 'variable log'],
  ['listener', '(long)', 'variable bus'],
  ['memoize', '(full)', 'variable known'],
  ['queue', '(full)', 'variable queue'],
  ['set', '(full)', 'variable seen'],
  ['linked-list', '(full)', 'variable newest'],
  ['errors', '(full)', 'variable failures'],
  ['dates', '(full)', 'variable visits'],
  ['generators', '(full)', 'variable open'],
  ['closure-chain', '(long)', 'variable current'],
] as const;

/** Of all answers to one question about a leak, text and structured content together. */
const MOST_BYTES = 20_000;

describe('an agent with three calls', () => {
  it.each(SCENARIOS)('finds file, line and holder of the leak: %s %s', async (name, _mark, holder) => {
    const file = subjectFile('leaks', name);
    const program = repoPath('fixtures/growth/program.cjs');
    const [agent, target] = await Promise.all([
      Agent.start(),
      startTarget({ execPath: process.execPath, file: program, args: [file], ready: true }),
    ]);
    const listed = await agent.call('processes', { match: basename(file) });
    expect(listed.structured.rows.map(({ pid }) => pid)).toEqual([target.pid]);
    const leaks = await agent.call('leaks', { target: target.pid, seconds: 1, lines: true });
    const [row] = leaks.structured.rows;
    const place = `${row?.place}`;
    const [, filename, lineno] = /^(.*):(\d+)$/.exec(place) ?? [];
    expect(leaks.text).toMatch(/^\*\*Leak:\*\* /);
    expect(repoPath(`${filename}`)).toBe(file);
    // A live edit leaves a function alone if it allocates on one line only: then its first line stands for it.
    const isLeak = (precision: Precision) =>
      isLeakingPlace(file)({ filename: file, lineno: Number(lineno), functionName: `${row?.function ?? ''}`, precision });
    expect(isLeak('line') || isLeak('function')).toBe(true);
    const why = await agent.call('why', { target: target.pid, what: place, seconds: 1 });
    expect(why.structured.rows[0]!.path).toContain(holder);
    expect(why.text).toContain(holder);
    const answers = [listed, leaks, why];
    const bytes = answers.reduce((sum, answer) => sum + answer.bytes, 0);
    process.stderr.write(`${name}: ${answers.map((answer) => answer.bytes).join(' + ')} = ${bytes} bytes\n`);
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(answers.every(({ text }) => Buffer.byteLength(text) <= 4096)).toBe(true);
    await expectClean(target);
  });
});
