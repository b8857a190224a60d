import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { repeatLine } from '../../../src/mcp/command/repeat-line.js';
import { AllowedPaths } from '../../../src/mcp/permissions/allowed-path.js';
import { allowedTarget } from '../../../src/mcp/permissions/allowed-target.js';
import type { Permissions } from '../../../src/mcp/permissions/permissions.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const NOTHING: Permissions = { allowEval: false, allowRun: false, allowPath: [], allowHost: [], allowOtherUsers: false };

describe('the files that a client may name', () => {
  it('are those of the current folder, of allowed folders, and handles; links are followed first', () => {
    const [cwd, other, secret, handles] = [1, 2, 3, 4].map(() => realpathSync(temporaryFolder())) as [string, string, string, string];
    for (const folder of [cwd, other, secret, handles]) writeFileSync(join(folder, 'a.tmseries'), '');
    symlinkSync(join(secret, 'a.tmseries'), join(cwd, 'link.tmsnap'));
    symlinkSync(secret, join(cwd, 'folder'));
    symlinkSync(join(secret, 'a.tmseries'), join(handles, 'handle.tmsnap'));
    mkdirSync(join(cwd, 'sub'));
    const paths = new AllowedPaths(cwd, [other]);
    expect(paths.input('a.tmseries', null)).toBe(join(cwd, 'a.tmseries'));
    expect(paths.input('a.tmseries@2', handles)).toBe(`${join(handles, 'a.tmseries')}@2`);
    expect(paths.input(join(other, 'a.tmseries'), handles)).toBe(join(other, 'a.tmseries'));
    expect(paths.output('sub/new.html')).toBe(join(cwd, 'sub', 'new.html'));
    const outside = [join(secret, 'a.tmseries'), 'link.tmsnap', 'folder/a.tmseries', '../', '/etc/hosts'];
    for (const name of outside) expect(() => paths.input(name, handles)).toThrow('--allow-path');
    expect(() => paths.input('handle.tmsnap', handles)).toThrow('--allow-path');
    for (const name of ['folder/new.html', 'link.tmsnap', join(secret, 'x')]) expect(() => paths.output(name)).toThrow('--allow-path');
    expect(() => paths.input('none.tmsnap', handles)).toThrow('there is no file');
    expect(() => paths.output('none/new.html')).toThrow('there is no folder');
  });
});

describe('the targets that a client may name', () => {
  it('are processes of this user, and inspectors of this machine', async () => {
    await expect(allowedTarget(process.ppid, NOTHING)).resolves.toEqual({
      words: [`--pid=${process.ppid}`],
      label: `process ${process.ppid}`,
    });
    await expect(allowedTarget('ws://127.0.0.1:1/an-id', NOTHING)).resolves.toMatchObject({ words: ['ws://127.0.0.1:1/an-id'] });
    await expect(allowedTarget(':9', NOTHING)).resolves.toMatchObject({ words: ['127.0.0.1:9'] });
    await expect(allowedTarget('example.com:9229', NOTHING)).rejects.toThrow('--allow-host example.com');
    await expect(allowedTarget('127.0.0.1.example.com:1', NOTHING)).rejects.toThrow('--allow-host');
    await expect(allowedTarget('example.com:9229', { ...NOTHING, allowHost: ['example.com'] })).resolves.toMatchObject({
      label: 'example.com:9229',
    });
    await expect(allowedTarget(process.pid, NOTHING)).rejects.toThrow('the server itself');
    await expect(allowedTarget('--yes', NOTHING)).rejects.toThrow('no Node process runs');
  });

  const asRoot = process.platform === 'linux' && process.geteuid?.() === 0 ? it : it.skip;
  asRoot('are not those of another user, by pid or by port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    process.seteuid?.(65_534);
    try {
      await expect(allowedTarget(`127.0.0.1:${port}`, NOTHING)).rejects.toThrow('--allow-other-users');
      await expect(allowedTarget(`127.0.0.1:${port}`, { ...NOTHING, allowOtherUsers: true })).resolves.toMatchObject({
        label: `127.0.0.1:${port}`,
      });
      await expect(allowedTarget(process.ppid, NOTHING)).rejects.toThrow(/another user|--allow-other-users/);
    } finally {
      process.seteuid?.(0);
      server.close();
    }
  });
});

it('a line to repeat means the same words to a shell', () => {
  expect(repeatLine(['leaks', '--each=curl "$URL"', "it's", 'a=b', ''])).toBe(`tracemalloc leaks '--each=curl "$URL"' 'it'\\''s' a=b ''`);
});
