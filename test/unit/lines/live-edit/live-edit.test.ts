import { expect, test } from '@jest/globals';
import { LiveEdit } from '../../../../src/lines/live-edit/live-edit.js';
import { DebuggerDomain } from '../../../../src/protocol/debugger-domain.js';
import { Session } from '../../../../src/protocol/session.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';

const SOURCE = 'exports.f = (a) => {\n  return [\n    a,\n    [a],\n  ];\n};';
/** That of the program, and one that it made by `vm.createContext`. */
const CONTEXTS = { 'file:///main.cjs': 1, 'file:///in-vm.cjs': 2 };

/** Edits a program that has a script in each context. @returns by URL the texts that each script had, the last is that of now */
async function edit(hasLabels: boolean) {
  const texts = Object.fromEntries(Object.keys(CONTEXTS).map((url) => [url, [SOURCE]]));
  const urls = Object.keys(CONTEXTS);
  const textsOf = (scriptId: string) => texts[urls[Number(scriptId)]!]!;
  const transport: FakeTransport = new FakeTransport({
    'Debugger.enable': () => {
      Object.entries(CONTEXTS).forEach(([url, executionContextId], id) => {
        transport.emit('Debugger.scriptParsed', { scriptId: `${id}`, url, executionContextId });
      });
      return {};
    },
    'Debugger.disable': () => ({}),
    'Debugger.setSkipAllPauses': () => ({}),
    'Debugger.getScriptSource': ({ scriptId }: { scriptId: string }) => ({ scriptSource: textsOf(scriptId).at(-1) }),
    'Debugger.setScriptSource': ({ scriptId, scriptSource }: { scriptId: string; scriptSource: string }) => {
      textsOf(scriptId).push(scriptSource);
      return { status: 'Ok' };
    },
    'Runtime.evaluate': () => ({ result: { type: 'string', value: '26.0.0' } }),
  });
  const session = new Session(transport, { label: 'test' });
  const journal = { edits: () => {}, restored: () => {} };
  const liveEdit = new LiveEdit(session, { domain: new DebuggerDomain(session), journal });
  const edits = await liveEdit.apply({ matches: () => true, prepareLabels: async () => hasLabels });
  expect(edits.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  return { texts, liveEdit };
}

test('only scripts of the program’s own context call the function of the current label, which other contexts do not have', async () => {
  const { texts } = await edit(true);
  const [main, inVm] = Object.keys(CONTEXTS).map((url) => texts[url]!.at(-1)!);
  expect(main).toContain('__ntm__');
  expect(inVm).not.toContain('__ntm__');
  expect(inVm).toBe((await edit(false)).texts['file:///in-vm.cjs']!.at(-1));
  expect(inVm).not.toBe(SOURCE);
});

test('the scripts of all contexts get their texts back', async () => {
  const { texts, liveEdit } = await edit(true);
  expect(await liveEdit.restore()).toEqual([]);
  expect(Object.values(texts).map((all) => [all.length, all.at(-1)])).toEqual([
    [3, SOURCE],
    [3, SOURCE],
  ]);
});
