import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Progress } from '@modelcontextprotocol/sdk/types.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { Agent } from '../../helpers/agent.js';
import { expectClean } from '../../helpers/clean-target.js';
import { startCommand } from '../../helpers/command.js';
import { repoPath } from '../../helpers/paths.js';
import { type PlainProcess, startPlain } from '../../helpers/plain-process.js';
import { reapTargets, startTarget, type TargetProcess, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const GROWING = "const kept = []; setInterval(() => kept.push({ at: 'a time', list: [1, 2] }), 1); console.log('ready');";

function growing(): Promise<TargetProcess> {
  return startTarget({ execPath: process.execPath, code: GROWING, ready: true });
}

/** Says whether its function is another one than at the start, and whether its inspector is open, whenever that changes. */
const SPEAKING = `const { url } = require('node:inspector');
const kept = [];
function keep() {
  const first = { at: 'a time' };
  const second = [1, 2];
  kept.push(first, second);
}
const original = String(keep);
let said = '';
setInterval(() => {
  keep();
  const words = 'edited: ' + (String(keep) !== original) + ', open: ' + (url() !== undefined);
  if (words !== said) console.log(words);
  said = words;
}, 5);
console.log('ready');
`;

async function speaking(): Promise<{ target: PlainProcess; place: string }> {
  const file = join(temporaryFolder(), 'speaking.cjs');
  writeFileSync(file, SPEAKING);
  return { target: await startPlain('', '', { command: [process.execPath, '--inspect-port=0', file] }), place: `${file}:5` };
}

/** A message of the protocol, as one line. */
function message(content: object): string {
  return `${JSON.stringify({ jsonrpc: '2.0', ...content })}\n`;
}

const INITIALIZE = message({
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
});

describe('the server for agents', () => {
  it('says what it is, and lists seven tools with their schemas', async () => {
    const { client } = await Agent.start();
    expect(client.getServerVersion()?.name).toBe('tracemalloc');
    expect(client.getInstructions()).toContain('never instructions');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['processes', 'record', 'leaks', 'top_lines', 'why', 'memory', 'report']);
    expect(tools.every(({ outputSchema, description }) => outputSchema !== undefined && description !== undefined)).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(tools))).toBeLessThan(16_000);
  });

  it('records two processes at once with progress, and compares with what the command prints; other tools take the handle', async () => {
    const [agent, ...targets] = await Promise.all([Agent.start(), growing(), growing()]);
    const progress: number[] = [];
    const [first, second] = await Promise.all(
      targets.map(({ pid }) => agent.call('record', { target: pid, seconds: 1.5 }, { onprogress: (one) => progress.push(one.progress) })),
    );
    expect(progress.length).toBeGreaterThanOrEqual(4);
    const { handle, rows } = first!.structured;
    expect(handle).not.toBe(second!.structured.handle);
    const saved = Snapshot.load(join(agent.folder, `${handle}`)).statistics('lineno');
    expect(rows.map(({ bytes }) => bytes)).toEqual(saved.slice(0, 10).map(({ size }) => size));
    const top = await agent.call('top_lines', { snapshot: handle, since: second!.structured.handle });
    expect(top.structured.rows[0]).toMatchObject({ verdict: 'differs' });
    const { structured } = await agent.call('report', { snapshot: handle });
    expect(existsSync(`${structured.rows[0]!.path}`)).toBe(true);
    await Promise.all(targets.map(expectClean));
  });

  it('leaves the target as it was, and no file, when a call is cancelled', async () => {
    const [agent, target] = await Promise.all([Agent.start(), growing()]);
    const cancelling = new AbortController();
    const call = agent.call(
      'record',
      { target: target.pid, seconds: 600 },
      {
        signal: cancelling.signal,
        onprogress: ({ message: doing }) => doing?.startsWith('tracing') && cancelling.abort(),
      },
    );
    await expect(call).rejects.toThrow(/abort/i);
    // The next call on the target would fail if the first still sampled it. It must wait for its end, which the server does not tell.
    let next = await agent.call('record', { target: target.pid, seconds: 0.1 });
    while (next.isError) next = await agent.call('record', { target: target.pid, seconds: 0.1 });
    await expectClean(target);
    expect(existsSync(join(agent.folder, 'record-1.tmsnap'))).toBe(false);
  });

  it.each(['leaks', 'why (long)'])(
    'puts functions back, closes the inspector and leaves no file when it is cancelled: %s',
    async (title) => {
      const [name = ''] = title.split(' ');
      const [agent, { target, place }] = await Promise.all([Agent.start(), speaking()]);
      const cancelling = new AbortController();
      const input = { target: target.pid, lines: true, ...(name === 'why' ? { what: place, seconds: 100 } : { seconds: 100 }) };
      const onprogress = ({ message = '' }: Progress) => message.startsWith('tracing') && cancelling.abort();
      await expect(agent.call(name, input, { signal: cancelling.signal, onprogress })).rejects.toThrow(/abort/i);
      await target.waitFor('stdout', /edited: true, open: true[\s\S]*(edited: false, open: false)/);
      expect(target.child.exitCode).toBeNull();
      await agent.client.close();
      expect(readdirSync(agent.folder)).toEqual([]);
    },
  );

  it('leaves the target and ends when the client leaves', async () => {
    const target = await growing();
    const server = startCommand(['mcp', '--folder', temporaryFolder()]);
    server.child.stdin.write(INITIALIZE);
    await server.waitFor('stdout', /("serverInfo")/);
    server.child.stdin.write(message({ method: 'notifications/initialized' }));
    const call = { name: 'record', arguments: { target: target.pid, seconds: 600 }, _meta: { progressToken: 7 } };
    server.child.stdin.write(message({ id: 2, method: 'tools/call', params: call }));
    await server.waitFor('stdout', /(tracing process)/);
    server.child.stdin.end();
    expect((await server.exited).code).toBe(0);
    await expectClean(target);
  });

  it('goes on after garbage, and answers only in the protocol', async () => {
    const server = startCommand(['mcp', '--folder', temporaryFolder()]);
    server.child.stdin.write('hello\n{"jsonrpc":\n\u001b[31m\0\n[]\n{"jsonrpc":"2.0","id":9,"method":"no/such"}\n');
    server.child.stdin.write(INITIALIZE);
    await server.waitFor('stdout', /("serverInfo")/);
    server.child.stdin.end();
    const { code, stdout, stderr } = await server.exited;
    expect(code).toBe(0);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; error?: { code: number } });
    expect(answers.map(({ id }) => id).sort()).toEqual([1, 9]);
    expect(answers.find(({ id }) => id === 9)?.error?.code).toBe(-32601);
    expect(stderr).toContain('tracemalloc mcp: ');
    expect(stderr.includes('\u001b')).toBe(false);
  });
});

describe('a call that cannot be answered', () => {
  it('says in one line what failed and what to do', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'broken.tmsnap'), 'no snapshot');
    const agent = await Agent.start({ cwd: folder });
    const refused = async (name: string, args: object, said: RegExp) => {
      const { text, isError } = await agent.call(name, { ...args });
      expect([isError, text.trim().split('\n').length]).toEqual([true, 1]);
      expect(text).toMatch(said);
    };
    await refused('record', {}, /give either target or program/);
    await refused('record', { target: 2 ** 30 }, /no process has the pid/);
    await refused('record', { target: '192.0.2.1:9229', seconds: 1 }, /--allow-host 192.0.2.1/);
    await refused('record', { program: ['app.js'] }, /--allow-run/);
    await refused('leaks', { target: process.pid, each: 'true' }, /--allow-run/);
    await refused('leaks', { target: process.pid, rounds: 2 }, /rounds/);
    await refused('leaks', { target: process.pid, round: 9 }, /Unrecognized key.*round/);
    await refused('why', { target: process.pid, what: 'global.process.exit()' }, /--allow-eval/);
    await refused('why', { what: '--yes' }, /give either target or file/);
    await refused('top_lines', { snapshot: 'broken.tmsnap' }, /broken\.tmsnap/);
    await refused('top_lines', { snapshot: '/etc/hosts' }, /--allow-path/);
    await refused('top_lines', { snapshot: 'none' }, /no file none/);
    await refused(
      'top_lines',
      { snapshot: '\u001b[31m\n# [x](y)' },
      /^\*\*Failed:\*\* `there is no file \\u\{1b\}\[31m\\u\{a\}# \[x\]\(y\), and [^`]*`$/,
    );
    await refused('report', { snapshot: 'broken.tmsnap', output: repoPath('x.html') }, /--allow-path/);
    await expect(agent.client.callTool({ name: 'none' })).resolves.toMatchObject({ isError: true });
  });
});

describe('what flags allow', () => {
  it('starts a program, takes its marks, evaluates, and reads other folders (long)', async () => {
    const folder = temporaryFolder();
    const args = ['--allow-run', '--allow-eval', '--allow-path', folder];
    const [agent, target] = await Promise.all([Agent.start({ args }), growing()]);
    const program = join(folder, 'program.cjs');
    writeFileSync(
      program,
      'const kept = [];\nfor (let i = 0; i < 20000; i++) kept.push({ i });\ndebugger;\nglobalThis.kept = kept;\nconsole.log(\'{"not": "ours"}\');\n',
    );
    const { text, structured } = await agent.call('record', { program: [program], lines: true, marks: true });
    expect(structured.snapshots).toEqual([`${structured.handle}.1`]);
    expect(`${structured.rows[0]!.place}`).toMatch(/program\.cjs:2$/);
    expect(text).toContain('kept.push({ i })');
    const why = await agent.call('why', { target: target.pid, what: 'setInterval', seconds: 0.1 });
    expect(why.text).toMatch(/1 object of `setInterval`|no setInterval is in the heap/);
    const evaluated = await agent.call('why', { target: target.pid, what: 'globalThis.console', seconds: 0.1 });
    expect(evaluated.structured.count).toBe(1);
    await expectClean(target);
  });
});
