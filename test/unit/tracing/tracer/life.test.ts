import { describe, expect, it } from '@jest/globals';
import { abandoned, closed, ending, IDLE, type Life, resumed, started, stopped, suspended } from '../../../../src/tracing/tracer/life.js';

const idle: Life<string> = IDLE;
const tracing = started(idle, 'run');
const STATES = {
  idle,
  tracing,
  suspended: suspended(tracing),
  ending: ending(idle),
  'ending while tracing': ending(tracing),
  closed: closed(idle),
  'closed while tracing': closed(tracing),
};
const STEPS = {
  start: (life: Life<string>) => started(life, 'next'),
  suspend: suspended,
  resume: resumed,
  stop: stopped,
  abandon: abandoned,
  end: ending,
  close: closed,
} as const;

/** A line for each state. Each column has the state and the run after the step, or `-` if the step is refused. */
const TABLE = `
  state                | start        | suspend       | resume      | stop   | abandon     | end         | close
  idle                 | tracing next | -             | -           | idle   | -           | ending      | closed
  tracing              | -            | suspended run | -           | idle   | -           | ending run  | closed run
  suspended            | -            | -             | tracing run | idle   | idle !run   | ending run  | closed run
  ending               | ending next  | -             | -           | ending | -           | ending      | closed
  ending while tracing | -            | ending run    | ending run  | ending | ending !run | ending run  | closed run
  closed               | closed next  | -             | -           | closed | -           | closed      | closed
  closed while tracing | -            | closed run    | closed run  | closed | closed !run | closed run  | closed run
`;

const [[, ...steps], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim())) as [string[], ...string[][]];
const cases = rows.flatMap(([state, ...cells]) => cells.map((after, i) => [state!, steps[i]!, after] as const));

/** `idle !run`: nothing is traced, and `run` was abandoned. */
function shown({ state, run, abandoned: left }: Life<string>): string {
  return [state, run, left === null ? null : `!${left}`].filter((word) => word !== null).join(' ');
}

describe('the life of a tracer', () => {
  it.each(cases)('%s, %s: %s', (state, step, after) => {
    const life = STATES[state as keyof typeof STATES];
    const before = { ...life };
    const act = () => shown(STEPS[step as keyof typeof STEPS](life));
    if (after === '-') expect(act).toThrow(`a tracer that is ${life.state} cannot ${step}`);
    else expect(act()).toBe(after);
    expect(life).toEqual(before);
  });

  it('remembers that the program has come to its end', () => {
    expect(Object.values(STATES).map(({ hasSeenEnd }) => hasSeenEnd)).toEqual([false, false, false, true, true, false, false]);
    expect(closed(ending(tracing)).hasSeenEnd).toBe(true);
  });

  it('keeps an abandoned run for when the program goes on', () => {
    const again = started(abandoned(suspended(tracing)), 'next');
    expect(shown(stopped(again))).toBe('idle !run');
    expect(shown(abandoned(suspended(again)))).toBe('idle !next');
  });
});
