import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { encode, FORMATS } from '../../../src/formats/index.js';
import { Filter, Snapshot } from '../../../src/index.js';

it.each(FORMATS.map(({ name }) => name))('%s: the file has no names of filtered traces', (name) => {
  const frame = (filename: string, functionName: string) => ({ filename, functionName, lineno: 1 });
  const snapshot = Snapshot.fromTraces([
    { size: 10, frames: [frame('/srv/secret.js', 'hidden')], type: 'Secret', label: 'secret' },
    { size: 20, frames: [frame('/srv/open.js', 'shown')], type: 'Open', label: 'open' },
  ]).filterTraces([new Filter(true, '*open.js')]);
  // pprof is compressed
  const text = Buffer.concat([...encode(snapshot, name)].map((part) => (name === 'pprof' ? gunzipSync(part) : part))).toString('latin1');
  expect(text).toContain('open.js');
  expect(text).not.toMatch(/secret|hidden/i);
});
