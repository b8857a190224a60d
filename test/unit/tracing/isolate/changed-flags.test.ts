import { describe, expect, it } from '@jest/globals';
import { CommandTimeoutError, UnsupportedError } from '../../../../src/errors.js';
import { Session } from '../../../../src/protocol/session.js';
import { Caretaker } from '../../../../src/tracing/cleanup/caretaker.js';
import { ChangedFlags } from '../../../../src/tracing/isolate/changed-flags.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';

const FLAGS = { set: ['--no-turbo-inlining'], undo: ['--turbo-inlining'] };

function flagsOf(answers = {}) {
  const transport = new FakeTransport(answers);
  const flags = new ChangedFlags(new Session(transport, { label: 'target', timeoutMs: 10 }), new Caretaker());
  const sent = () => transport.posted.map(({ params }) => /'(--[^']+)'/.exec(JSON.stringify(params))?.[1]);
  return { flags, sent };
}

describe('flags of V8 that a tracing changes', () => {
  it('are restored if the target did not answer in time, because it may set them later', async () => {
    const { flags, sent } = flagsOf();
    await expect(flags.change(FLAGS)).rejects.toThrow(CommandTimeoutError);
    await expect(flags.restore()).rejects.toThrow(CommandTimeoutError);
    expect(sent()).toEqual(['--no-turbo-inlining', '--turbo-inlining']);
  });

  it('are restored only if they had another value before', async () => {
    const both = { set: ['--no-turbo-escape', '--no-compact'], undo: ['--turbo-escape', '--compact'] };
    const { flags, sent } = flagsOf({ 'Runtime.evaluate': () => ({ result: { type: 'object', value: [false, true] } }) });
    await flags.change(both);
    expect(flags.areSet).toBe(true);
    await flags.restore();
    expect(sent()[1]).toBe('--compact');
    const none = flagsOf({ 'Runtime.evaluate': () => ({ result: { type: 'object', value: [false, false] } }) });
    await none.flags.change(both);
    expect(none.flags.areSet).toBe(true);
    await none.flags.restore();
    expect(none.sent()).toHaveLength(1);
  });

  it('are left alone if the target has refused to set them', async () => {
    const refusal = { result: { type: 'object' }, exceptionDetails: { text: 'require is not defined' } };
    const { flags, sent } = flagsOf({ 'Runtime.evaluate': () => refusal });
    await expect(flags.change(FLAGS)).rejects.toThrow(UnsupportedError);
    await flags.restore();
    expect(sent()).toEqual(['--no-turbo-inlining']);
  });
});
