import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { positionLookup } from '../../../../src/lines/table/position-table.js';
import { transform } from '../../../../src/lines/transform/transform.js';
import { DebuggerDomain } from '../../../../src/protocol/debugger-domain.js';
import { Session } from '../../../../src/protocol/session.js';
import { ScriptMaps } from '../../../../src/tracing/isolate/script-maps.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

afterAll(reapTargets);

const TEXT = 'const kept = [1];\nkept.push([2]);\n';
const INLINE = 'data:application/json,{"version":3}';

interface Loaded {
  readonly name: string;
  readonly text: string;
  readonly sourceMapURL?: string;
  readonly hasSourceURL?: boolean;
}

/** A target with these scripts. The files have other texts, or none. */
function targetWith(scripts: readonly Loaded[], files: Readonly<Record<string, string>>, { endsAtOnce = false, isBusy = false } = {}) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const announce = () => {
    for (const [id, { name, text, ...rest }] of scripts.entries()) {
      const hash = createHash('sha256').update(text).digest('hex');
      const url = pathToFileURL(join(folder, name)).href;
      transport.emit('Debugger.scriptParsed', { scriptId: `${id}`, url, length: text.length, hash, ...rest });
    }
    return {};
  };
  const transport = new FakeTransport({
    ...(!isBusy && { 'Debugger.enable': announce }),
    'Debugger.disable': () => ({}),
    'Debugger.setSkipAllPauses': () => ({}),
    'Debugger.getScriptSource': ({ scriptId }: { scriptId: string }) => {
      if (endsAtOnce) transport.lose('the worker ended');
      return { scriptSource: scripts[Number(scriptId)]!.text };
    },
  });
  const session = new Session(transport, { label: 'target', timeoutMs: 20 });
  const trueLines = { registeredTable: (_url: string) => undefined, editedOriginal: () => undefined };
  const maps = (own: ConstructorParameters<typeof ScriptMaps>[0]['trueLines'] = trueLines) =>
    new ScriptMaps({ session, domain: new DebuggerDomain(session), trueLines: own });
  const urlsOf = async (known = maps()) =>
    Object.fromEntries(
      [...(await known.urlsOf(Object.keys(files).map((name) => join(folder, name))))].map(([name, url]) => [
        name.slice(folder.length + 1),
        url,
      ]),
    );
  const sent = (method: string) => transport.posted.filter((posted) => posted.method === method).length;
  return { folder, urlsOf, maps, sent };
}

test.each<[string, Partial<Loaded>, string | undefined]>([
  ['that of the file', {}, undefined],
  ['another, which names its map', { text: `'use strict';\n${TEXT}`, sourceMapURL: INLINE }, INLINE],
  ['another, which names none', { text: `'use strict';\n${TEXT}` }, ''],
  ['that of the file in a wrapper', { text: `(function (exports) { ${TEXT}\n})` }, undefined],
  ['that of the file behind another line, with a name', { text: `\n${TEXT}`, hasSourceURL: true }, ''],
])('the text of a script is %s', async (_name, script, url) => {
  const { urlsOf } = targetWith([{ name: 'app.js', text: TEXT, ...script }], { 'app.js': TEXT });
  expect(await urlsOf()).toEqual(url === undefined ? {} : { 'app.js': url });
});

test('the map that the file itself names is not that of another text', async () => {
  const comment = '//# sourceMappingURL=app.js.map\n';
  const script = { name: 'app.js', text: `'use strict';\n${TEXT}${comment}`, sourceMapURL: 'app.js.map' };
  expect(await targetWith([script], { 'app.js': TEXT + comment }).urlsOf()).toEqual({ 'app.js': '' });
});

test('Node strips types and leaves the lines as they are', async () => {
  const script = { name: 'app.ts', text: `${TEXT}\n\n//# sourceURL=app.ts`, hasSourceURL: true };
  expect(await targetWith([script], { 'app.ts': `interface Row {}; ${TEXT}` }).urlsOf()).toEqual({});
});

test('a text that we changed ourselves when it was loaded', async () => {
  const { code, positions } = transform(TEXT, { sourceType: 'commonjs' });
  expect(code).not.toBe(TEXT);
  const target = targetWith(
    [
      { name: 'app.js', text: code },
      { name: 'other.js', text: code },
    ],
    { 'app.js': TEXT, 'other.js': `\n${TEXT}` },
  );
  const registered = target.maps({ registeredTable: () => positionLookup(positions), editedOriginal: () => undefined });
  expect(await target.urlsOf(registered)).toEqual({ 'other.js': '' });
});

test('several scripts of one name: if one has the text of the file, the lines are those of the file', async () => {
  const other = { name: 'app.js', text: `\n${TEXT}`, sourceMapURL: INLINE };
  expect(await targetWith([other, { name: 'app.js', text: TEXT }], { 'app.js': TEXT }).urlsOf()).toEqual({});
  expect(await targetWith([other, { name: 'app.js', text: `\n\n${TEXT}` }], { 'app.js': TEXT }).urlsOf()).toEqual({ 'app.js': INLINE });
});

test('the target is asked once, and only for files of the program', async () => {
  const { urlsOf, maps, sent, folder } = targetWith([{ name: 'app.js', text: `\n${TEXT}` }], { 'app.js': TEXT, 'never-seen.js': TEXT });
  const known = maps();
  await known.urlsOf([join(folder, 'no-such-file.js'), '<anonymous>', 'node:fs', 'evalmachine.<anonymous>', folder]);
  expect(sent('Debugger.enable')).toBe(0);
  for (let i = 0; i < 3; i++) expect(await urlsOf(known)).toEqual({ 'app.js': '' });
  // Once for the scripts, and once for the text of the one in question.
  expect([sent('Debugger.enable'), sent('Debugger.disable'), sent('Debugger.getScriptSource')]).toEqual([2, 2, 1]);
});

test('a worker that ends while it is asked', async () => {
  const { urlsOf, sent } = targetWith([{ name: 'app.js', text: `\n${TEXT}` }], { 'app.js': TEXT }, { endsAtOnce: true });
  expect(await urlsOf()).toEqual({ 'app.js': '' });
  expect(sent('Debugger.getScriptSource')).toBe(1);
});

test('a worker that does not answer in time keeps its reading, and is asked again', async () => {
  const { urlsOf, maps, sent } = targetWith([{ name: 'app.js', text: `\n${TEXT}` }], { 'app.js': TEXT }, { isBusy: true });
  const known = maps();
  expect(await urlsOf(known)).toEqual({});
  expect(await urlsOf(known)).toEqual({});
  // What it still does is undone behind it.
  expect([sent('Debugger.enable'), sent('Debugger.disable')]).toEqual([2, 2]);
});
