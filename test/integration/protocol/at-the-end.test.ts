import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../../src/discovery/connect.js';
import { discover } from '../../../src/discovery/discovery.js';
import { setFlags } from '../../../src/protocol/engine-flags.js';
import { turnOfEventLoop } from '../../../src/protocol/event-loop.js';
import type { Session } from '../../../src/protocol/session.js';
import { withObject } from '../../../src/tracing/isolate/find-object.js';
import { GcLimiter } from '../../../src/tracing/isolate/gc-limiter.js';
import { readHeapTotals, readTargetInfo } from '../../../src/tracing/isolate/read-heap-totals.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

/** All commands that evaluate in a target. Any of them may be on its way when the program ends. */
const QUESTIONS: [string, (session: Session) => Promise<unknown>][] = [
  ['a flag', (session) => setFlags(session, ['--turbo-inlining'])],
  ['a turn of the event loop', (session) => turnOfEventLoop(session, 500)],
  ['the cores', (session) => GcLimiter.of(session)],
  ['who it is', (session) => readTargetInfo(session)],
  ['its memory', (session) => readHeapTotals(session)],
  ['an object', (session) => withObject(session, "require('node:os')", async (id) => id)],
];

describe.each(nodeBinaries())('a program that waits for us at its end, Node $major (every version)', ({ execPath }) => {
  it.each(QUESTIONS)('outlives being asked for %s', async (_, ask) => {
    // With this flag an evaluation that V8 refuses ends the program.
    const execArgv = ['--abort-on-uncaught-exception'];
    const target = await startTarget({ execPath, execArgv, code: "process.stdin.resume(); console.log('ready')", ready: true });
    const session = await connect(await discover(target.port));
    await session.programEnd.watch();
    const atEnd = session.waitFor('NodeRuntime.waitingForDisconnect');
    target.child.stdin.end();
    await atEnd;
    await Promise.allSettled([ask(session)]);
    await session.close();
    await expect(target.exited).resolves.toEqual({ code: 0, signal: null });
  });
});
