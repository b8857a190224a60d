import { describe, expect, it } from '@jest/globals';
import { CommandError, CommandTimeoutError } from '../../../src/errors.js';
import { evaluateInTurn, evaluateOwn } from '../../../src/protocol/evaluate.js';
import { Session } from '../../../src/protocol/session.js';
import { FakeTransport } from '../../helpers/fake-transport.js';

const NOTIFY = 'NodeRuntime.notifyWhenWaitingForDisconnect';
const NAMES = 'Runtime.globalLexicalScopeNames';
const EVALUATE = 'Runtime.evaluate';
const END = 'NodeRuntime.waitingForDisconnect';
const GONE = { code: -32000, message: 'Cannot find default execution context' };
const DOING = { doing: 'asking' };

/** A program whose commands the test answers, and that waits for us at its end. */
async function watched() {
  const transport = new FakeTransport();
  const session = new Session(transport, { label: 'app.js', timeoutMs: 50 });
  const ends: string[] = [];
  session.on(END, () => void ends.push('end'));
  let answered = 0;
  /** The commands that were sent since the last call, `+` and `-` for a request to wait and its opposite. */
  const sent = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    const all = transport.posted.slice(answered);
    answered = transport.posted.length;
    const sign = (params: object) => ('enabled' in params && params.enabled ? '+' : '-');
    return { all, names: all.map(({ method, params }) => (method === NOTIFY ? sign(params) : method)) };
  };
  const watching = session.programEnd.watch();
  (await sent()).all[0]!.answer({});
  (await sent()).all[0]!.answer({ names: [] });
  await watching;
  return { transport, session, ends, sent };
}

const value = (given: unknown) => ({ result: { type: typeof given, value: given } });

describe('an evaluation in a program that waits for us at its end', () => {
  it('is sent when the program does not wait any more, and the request to wait right behind it', async () => {
    const { session, sent } = await watched();
    const evaluated = evaluateOwn(session, '1 + 1', DOING);
    const [off] = (await sent()).all;
    expect(off).toMatchObject({ method: NOTIFY, params: { enabled: false } });
    off!.answer({});
    const { all, names } = await sent();
    expect(names).toEqual([EVALUATE, '+', NAMES]);
    all[0]!.answer(value(2));
    await expect(evaluated).resolves.toEqual({ value: 2, problem: null });
  });

  it('is not sent if the program announces its end first', async () => {
    const { transport, session, sent } = await watched();
    const evaluated = evaluateOwn(session, '1 + 1', DOING);
    const [off] = (await sent()).all;
    transport.emit(END);
    off!.answer({});
    await expect(evaluated).resolves.toEqual({ value: undefined, problem: 'the program has ended' });
    expect((await sent()).names).toEqual([]);
    await evaluateOwn(session, '1 + 1', DOING);
    expect((await sent()).names).toEqual([]);
  });

  it('finds the end that came meanwhile, which the program did not announce', async () => {
    const { session, sent, ends } = await watched();
    const evaluated = evaluateOwn(session, '1 + 1', DOING);
    (await sent()).all[0]!.answer({});
    const { all } = await sent();
    all[0]!.refuse(GONE);
    all[1]!.answer({});
    all[2]!.refuse(GONE);
    await expect(evaluated).resolves.toMatchObject({ problem: 'the program has ended' });
    expect(ends).toEqual(['end']);
    expect(session.programEnd.hasCome).toBe(true);
  });

  it('finds an end that came right behind it', async () => {
    const { session, sent, ends } = await watched();
    const evaluated = evaluateOwn(session, '1 + 1', DOING);
    (await sent()).all[0]!.answer({});
    const { all } = await sent();
    all[0]!.answer(value(2));
    await expect(evaluated).resolves.toEqual({ value: 2, problem: null });
    expect(ends).toEqual([]);
    all[1]!.answer({});
    all[2]!.refuse(GONE);
    await sent();
    expect(ends).toEqual(['end']);
  });

  it('shares its time with the others that are asked for meanwhile', async () => {
    const { session, sent } = await watched();
    const both = Promise.all([evaluateOwn(session, '1', DOING), evaluateOwn(session, '2', DOING)]);
    const [off, ...others] = (await sent()).all;
    expect(others).toEqual([]);
    off!.answer({});
    const { all, names } = await sent();
    expect(names).toEqual([EVALUATE, EVALUATE, '+', NAMES]);
    all[0]!.answer(value(1));
    all[1]!.answer(value(2));
    await expect(both).resolves.toMatchObject([{ value: 1 }, { value: 2 }]);
  });

  it('asks to wait again if the program did not answer', async () => {
    const { session, sent } = await watched();
    const evaluated = evaluateOwn(session, '1', DOING);
    await expect(evaluated).rejects.toThrow(CommandTimeoutError);
    expect((await sent()).names).toEqual(['-', '+', NAMES]);
  });

  it('is refused by a program that goes on', async () => {
    const { session, sent } = await watched();
    const evaluated = evaluateOwn(session, '1', DOING);
    (await sent()).all[0]!.answer({});
    const { all } = await sent();
    all[0]!.refuse({ message: 'Internal error' });
    all[1]!.answer({});
    all[2]!.answer({ names: [] });
    await expect(evaluated).rejects.toThrow(CommandError);
  });

  it('gives no turn of the event loop at the end', async () => {
    const { transport, session } = await watched();
    transport.emit(END);
    await expect(evaluateInTurn(session, { expression: '1' }, DOING)).rejects.toThrow('the program has ended');
  });
});

it('a program that has ended before we ask it to wait is found at once', async () => {
  const transport = new FakeTransport({ [NOTIFY]: () => ({}) });
  const session = new Session(transport, { label: 'app.js' });
  const watching = session.programEnd.watch();
  await new Promise((resolve) => setImmediate(resolve));
  transport.last().refuse(GONE);
  await watching;
  expect(session.programEnd.hasCome).toBe(true);
});

it('a program that was not asked to wait is asked at once', async () => {
  const transport = new FakeTransport();
  const evaluated = evaluateOwn(new Session(transport, { label: 'app.js' }), '1', DOING);
  transport.last().answer(value(1));
  await expect(evaluated).resolves.toEqual({ value: 1, problem: null });
});
