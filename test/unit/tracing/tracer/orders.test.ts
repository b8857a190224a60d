import { describe, expect, it } from '@jest/globals';
import { played, stage } from './played.js';

/*
 * A line for each order of calls. The calls come before the colon: a comma waits for the calls before it, and calls without a comma between them
 * are made at once. After the colon come the result of each call (`ok`, a snapshot, or the name of its error), the sent commands (see `played.ts`),
 * and whether the tracer says that it is tracing. If the connection is over, the reason follows, with the last snapshot if it exists.
 */

const PAIRS = `
  start, start       : ok ok                 | START | tracing
  start, stop        : ok ok                 | START STOP | not tracing
  start, snapshot    : ok snapshot           | START READ | tracing
  start, end         : ok ok                 | START READe END goodbye | not tracing | it ended, snapshot
  start, lose        : ok ok                 | START | not tracing | lost
  start, close       : ok ok                 | START LEAVE goodbye | not tracing | we closed it
  stop, start        : ok ok                 | START | tracing
  stop, stop         : ok ok                 | - | not tracing
  stop, snapshot     : ok NotTracing         | - | not tracing
  stop, end          : ok ok                 | goodbye | not tracing | it ended
  stop, lose         : ok ok                 | - | not tracing | lost
  stop, close        : ok ok                 | goodbye | not tracing | we closed it
  snapshot, start    : NotTracing ok         | START | tracing
  snapshot, stop     : NotTracing ok         | - | not tracing
  snapshot, snapshot : NotTracing NotTracing | - | not tracing
  snapshot, end      : NotTracing ok         | goodbye | not tracing | it ended
  snapshot, lose     : NotTracing ok         | - | not tracing | lost
  snapshot, close    : NotTracing ok         | goodbye | not tracing | we closed it
  end, start         : ok ConnectionLost     | goodbye | not tracing | it ended
  end, stop          : ok ok                 | goodbye | not tracing | it ended
  end, snapshot      : ok NotTracing         | goodbye | not tracing | it ended
  end, end           : ok ok                 | goodbye | not tracing | it ended
  end, lose          : ok ok                 | goodbye | not tracing | it ended
  end, close         : ok ok                 | goodbye | not tracing | it ended
  lose, start        : ok ConnectionLost     | - | not tracing | lost
  lose, stop         : ok ok                 | - | not tracing | lost
  lose, snapshot     : ok NotTracing         | - | not tracing | lost
  lose, end          : ok ok                 | - | not tracing | lost
  lose, lose         : ok ok                 | - | not tracing | lost
  lose, close        : ok ok                 | - | not tracing | lost
  close, start       : ok ConnectionLost     | goodbye | not tracing | we closed it
  close, stop        : ok ok                 | goodbye | not tracing | we closed it
  close, snapshot    : ok NotTracing         | goodbye | not tracing | we closed it
  close, end         : ok ok                 | goodbye | not tracing | we closed it
  close, lose        : ok ok                 | goodbye | not tracing | we closed it
  close, close       : ok ok                 | goodbye | not tracing | we closed it
`;

const PAIRS_AT_ONCE = `
  start start       : ok ok                 | START | tracing
  start stop        : ok ok                 | START STOP | not tracing
  start snapshot    : ok snapshot           | START READ | tracing
  start end         : ok ok                 | STARTe READe END goodbye | not tracing | it ended, snapshot
  start lose        : ConnectionLost ok     | - | not tracing | lost
  start close       : ok ok                 | START LEAVE goodbye | not tracing | we closed it
  stop start        : ok ok                 | START | tracing
  stop stop         : ok ok                 | - | not tracing
  stop snapshot     : ok NotTracing         | - | not tracing
  stop end          : ok ok                 | goodbye | not tracing | it ended
  stop lose         : ok ok                 | - | not tracing | lost
  stop close        : ok ok                 | goodbye | not tracing | we closed it
  snapshot start    : NotTracing ok         | START | tracing
  snapshot stop     : NotTracing ok         | - | not tracing
  snapshot snapshot : NotTracing NotTracing | - | not tracing
  snapshot end      : NotTracing ok         | goodbye | not tracing | it ended
  snapshot lose     : NotTracing ok         | - | not tracing | lost
  snapshot close    : NotTracing ok         | goodbye | not tracing | we closed it
  end start         : ok ok                 | STARTe END goodbye | not tracing | it ended
  end stop          : ok ok                 | goodbye | not tracing | it ended
  end snapshot      : ok NotTracing         | goodbye | not tracing | it ended
  end end           : ok ok                 | goodbye | not tracing | it ended
  end lose          : ok ok                 | - | not tracing | lost
  end close         : ok ok                 | goodbye | not tracing | we closed it
  lose start        : ok ConnectionLost     | - | not tracing | lost
  lose stop         : ok ok                 | - | not tracing | lost
  lose snapshot     : ok NotTracing         | - | not tracing | lost
  lose end          : ok ok                 | - | not tracing | lost
  lose lose         : ok ok                 | - | not tracing | lost
  lose close        : ok ok                 | - | not tracing | lost
  close start       : ok ConnectionLost     | goodbye | not tracing | we closed it
  close stop        : ok ok                 | goodbye | not tracing | we closed it
  close snapshot    : ok NotTracing         | goodbye | not tracing | we closed it
  close end         : ok ok                 | goodbye | not tracing | we closed it
  close lose        : ok ok                 | - | not tracing | lost
  close close       : ok ok                 | goodbye | not tracing | we closed it
`;

const AFTER_START = `
  start, stop, start        : ok ok ok             | START STOP START | tracing
  start, stop, stop         : ok ok ok             | START STOP | not tracing
  start, stop, snapshot     : ok ok NotTracing     | START STOP | not tracing
  start, stop, end          : ok ok ok             | START STOP goodbye | not tracing | it ended
  start, stop, lose         : ok ok ok             | START STOP | not tracing | lost
  start, stop, close        : ok ok ok             | START STOP goodbye | not tracing | we closed it
  start, snapshot, start    : ok snapshot ok       | START READ | tracing
  start, snapshot, stop     : ok snapshot ok       | START READ STOP | not tracing
  start, snapshot, snapshot : ok snapshot snapshot | START READ READ | tracing
  start, snapshot, end      : ok snapshot ok       | START READ READe END goodbye | not tracing | it ended, snapshot
  start, snapshot, lose     : ok snapshot ok       | START READ | not tracing | lost
  start, snapshot, close    : ok snapshot ok       | START READ LEAVE goodbye | not tracing | we closed it
  start, end, start         : ok ok ConnectionLost | START READe END goodbye | not tracing | it ended, snapshot
  start, end, stop          : ok ok ok             | START READe END goodbye | not tracing | it ended, snapshot
  start, end, snapshot      : ok ok NotTracing     | START READe END goodbye | not tracing | it ended, snapshot
  start, end, end           : ok ok ok             | START READe END goodbye | not tracing | it ended, snapshot
  start, end, lose          : ok ok ok             | START READe END goodbye | not tracing | it ended, snapshot
  start, end, close         : ok ok ok             | START READe END goodbye | not tracing | it ended, snapshot
  start, lose, start        : ok ok ok             | START | not tracing | lost
  start, lose, stop         : ok ok ConnectionLost | START | not tracing | lost
  start, lose, snapshot     : ok ok ConnectionLost | START | not tracing | lost
  start, lose, end          : ok ok ok             | START | not tracing | lost
  start, lose, lose         : ok ok ok             | START | not tracing | lost
  start, lose, close        : ok ok ok             | START | not tracing | lost
  start, close, start       : ok ok ConnectionLost | START LEAVE goodbye | not tracing | we closed it
  start, close, stop        : ok ok ok             | START LEAVE goodbye | not tracing | we closed it
  start, close, snapshot    : ok ok NotTracing     | START LEAVE goodbye | not tracing | we closed it
  start, close, end         : ok ok ok             | START LEAVE goodbye | not tracing | we closed it
  start, close, lose        : ok ok ok             | START LEAVE goodbye | not tracing | we closed it
  start, close, close       : ok ok ok             | START LEAVE goodbye | not tracing | we closed it
`;

const AT_ONCE_AFTER_START = `
  start, stop start        : ok ok ok             | START STOP START | tracing
  start, stop stop         : ok ok ok             | START STOP | not tracing
  start, stop snapshot     : ok ok NotTracing     | START STOP | not tracing
  start, stop end          : ok ok ok             | START STOP goodbye | not tracing | it ended
  start, stop lose         : ok ConnectionLost ok | START | not tracing | lost
  start, stop close        : ok ok ok             | START STOP goodbye | not tracing | we closed it
  start, snapshot start    : ok snapshot ok       | START READ | tracing
  start, snapshot stop     : ok snapshot ok       | START READ STOP | not tracing
  start, snapshot snapshot : ok snapshot snapshot | START READ READ | tracing
  start, snapshot end      : ok snapshot ok       | START READe READe END goodbye | not tracing | it ended, snapshot
  start, snapshot lose     : ok ConnectionLost ok | START | not tracing | lost
  start, snapshot close    : ok snapshot ok       | START READ LEAVE goodbye | not tracing | we closed it
  start, end start         : ok ok ok             | START READe END goodbye | not tracing | it ended, snapshot
  start, end stop          : ok ok ok             | START READe STOP goodbye | not tracing | it ended, snapshot
  start, end snapshot      : ok ok snapshot       | START READe READe END goodbye | not tracing | it ended, snapshot
  start, end end           : ok ok ok             | START READe READe END goodbye | not tracing | it ended, snapshot
  start, end lose          : ok ok ok             | START | not tracing | lost
  start, end close         : ok ok ok             | START READe LEAVE goodbye | not tracing | we closed it, snapshot
  start, lose start        : ok ok ok             | START | not tracing | lost
  start, lose stop         : ok ok ConnectionLost | START | not tracing | lost
  start, lose snapshot     : ok ok ConnectionLost | START | not tracing | lost
  start, lose end          : ok ok ok             | START | not tracing | lost
  start, lose lose         : ok ok ok             | START | not tracing | lost
  start, lose close        : ok ok ok             | START | not tracing | lost
  start, close start       : ok ok ConnectionLost | START LEAVE goodbye | not tracing | we closed it
  start, close stop        : ok ok ok             | START LEAVE goodbye | not tracing | we closed it
  start, close snapshot    : ok ok NotTracing     | START LEAVE goodbye | not tracing | we closed it
  start, close end         : ok ok ok             | START LEAVE goodbye | not tracing | we closed it
  start, close lose        : ok ok ok             | START | not tracing | lost
  start, close close       : ok ok ok             | START LEAVE goodbye | not tracing | we closed it
`;

const PAUSED = `
  start, start     : ok ok             | START RELEASE | tracing
  start start      : ok ok             | START RELEASE | tracing
  start, resume    : ok ok             | START RELEASE | tracing
  start resume     : ok ok             | START RELEASE | tracing
  start, end       : ok ok             | START RELEASE READe NodeWorker.enable END goodbye | not tracing | it ended, snapshot
  start end        : ok ok             | STARTe RELEASE READe NodeWorker.enable END goodbye | not tracing | it ended, snapshot
  start, lose      : ok ok             | START RELEASE | not tracing | lost
  start lose       : ConnectionLost ok | - | not tracing | lost
  start, close     : ok ok             | START RELEASE NodeWorker.enable LEAVE goodbye | not tracing | we closed it
  start close      : ok ok             | START RELEASE NodeWorker.enable LEAVE goodbye | not tracing | we closed it
  start, snapshot  : ok snapshot       | START RELEASE READ | tracing
  start snapshot   : ok snapshot       | START RELEASE READ | tracing
  start, stop      : ok ok             | START RELEASE NodeWorker.enable STOP | not tracing
  start stop       : ok ok             | START RELEASE NodeWorker.enable STOP | not tracing
  lines, start     : Usage ok          | START RELEASE | tracing
  lines, resume    : Usage ok          | RELEASE | not tracing
  lines, end       : Usage ok          | goodbye | not tracing | it ended
  lines, close     : Usage ok          | RELEASE goodbye | not tracing | we closed it
  resume, start    : ok ok             | RELEASE START | tracing
  resume start     : ok ok             | RELEASE START | tracing
  resume, resume   : ok ok             | RELEASE | not tracing
  resume resume    : ok ok             | RELEASE | not tracing
  resume, end      : ok ok             | RELEASE goodbye | not tracing | it ended
  resume lose      : ConnectionLost ok | - | not tracing | lost
  resume, close    : ok ok             | RELEASE goodbye | not tracing | we closed it
  resume close     : ok ok             | RELEASE goodbye | not tracing | we closed it
  end, start       : ok ConnectionLost | goodbye | not tracing | it ended
  end, resume      : ok ConnectionLost | goodbye | not tracing | it ended
  end, end         : ok ok             | goodbye | not tracing | it ended
  end, close       : ok ok             | goodbye | not tracing | it ended
  end close        : ok ok             | RELEASE goodbye | not tracing | we closed it
  lose, resume     : ok ConnectionLost | - | not tracing | lost
  lose, close      : ok ok             | - | not tracing | lost
  lose close       : ok ok             | - | not tracing | lost
  close, start     : ok ConnectionLost | RELEASE goodbye | not tracing | we closed it
  close start      : ok ConnectionLost | RELEASE goodbye | not tracing | we closed it
  close, resume    : ok ok             | RELEASE goodbye | not tracing | we closed it
  close resume     : ok ok             | RELEASE goodbye | not tracing | we closed it
  close, close     : ok ok             | RELEASE goodbye | not tracing | we closed it
  close close      : ok ok             | RELEASE goodbye | not tracing | we closed it
  snapshot, resume : NotTracing ok     | RELEASE | not tracing
  stop, resume     : ok ok             | RELEASE | not tracing
  stop, close      : ok ok             | RELEASE goodbye | not tracing | we closed it
`;

const PAUSED_WITH_LINES = `
  start, lines    : ok ok             | LISTEN RELEASE | tracing
  lines, end      : ok ok             | LISTEN RELEASE READe NodeWorker.enable END UNLISTENe goodbye | not tracing | it ended, snapshot
  lines lose      : ConnectionLost ok | - | not tracing | lost
  lines, close    : ok ok             | LISTEN RELEASE NodeWorker.enable LEAVE UNLISTEN goodbye | not tracing | we closed it
  lines close     : ok ok             | LISTEN RELEASE NodeWorker.enable LEAVE UNLISTEN goodbye | not tracing | we closed it
  lines, snapshot : ok snapshot       | LISTEN RELEASE read the registry READ | tracing
  lines snapshot  : ok snapshot       | LISTEN RELEASE read the registry READ | tracing
  resume, lines   : ok ok             | RELEASE LISTEN | tracing
  resume lines    : ok ok             | RELEASE LISTEN | tracing
  end, lines      : ok ConnectionLost | goodbye | not tracing | it ended
  lose, lines     : ok ConnectionLost | - | not tracing | lost
  close, lines    : ok ConnectionLost | RELEASE goodbye | not tracing | we closed it
`;

const START = { inliningIsOff: false, foldingIsOff: false, isTrackable: false };
const WORDS: Readonly<Record<string, string>> = {
  'we closed it': 'we closed it; attach again',
  'it ended': 'the program ended',
  lost: 'the network failed',
};

function rows(table: string): [calls: string, expected: string][] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [calls, expected] = line.split(' : ').map((part) => part.trim().replaceAll(/ +/g, ' '));
      const words = Object.entries(WORDS).reduce((text, [short, long]) => text.replace(`| ${short}`, `| ${long}`), expected!);
      return [calls!, words];
    });
}

describe('a running program', () => {
  const all = [PAIRS, PAIRS_AT_ONCE, AFTER_START, AT_ONCE_AFTER_START].flatMap(rows);
  it.each(all)('%s', async (calls, expected) => {
    expect(await played(stage(), calls)).toBe(expected);
  });
});

describe('a program that is paused before its first line', () => {
  it.each(rows(PAUSED))('%s', async (calls, expected) => {
    expect(await played(stage({ ...START, registration: null }), calls)).toBe(expected);
  });

  it.each(rows(PAUSED_WITH_LINES))('and was launched with true lines: %s', async (calls, expected) => {
    expect(await played(stage({ ...START, registration: { hasLabels: false } }), calls)).toBe(expected);
  });
});
