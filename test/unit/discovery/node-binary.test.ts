import { expect, it } from '@jest/globals';
import { NodeBinaries } from '../../../src/discovery/node-binary.js';

it('reads a binary once for all processes, and through another one if the first ends meanwhile', async () => {
  const answers = [Promise.reject(new Error('ENOENT')), Promise.resolve('v20.0.0')];
  const paths: string[] = [];
  const binaries = new NodeBinaries((path) => {
    paths.push(path);
    return answers.shift()!;
  });
  const versions = await Promise.all([process.pid, process.pid, process.pid].map((pid) => binaries.versionOf(pid)));
  expect(versions.toSorted()).toEqual([null, 'v20.0.0', 'v20.0.0']);
  expect(paths).toHaveLength(2);
});

it('tells the version of this process, and nothing of one that is not there', async () => {
  const binaries = new NodeBinaries();
  expect(await binaries.versionOf(process.pid)).toBe(process.version);
  expect(await binaries.versionOf(2 ** 30)).toBeNull();
});
