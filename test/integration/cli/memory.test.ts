import { afterEach, describe, expect, it } from '@jest/globals';
import { discover } from '../../../src/discovery/discovery.js';
import { runCommand, startCommand } from '../../helpers/command.js';
import { failureOf } from '../../helpers/failure.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { startPlain } from '../../helpers/plain-process.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

const WORKER = "new (require('node:worker_threads').Worker)('setInterval(() => {}, 1000)', { eval: true, name: 'pool' })";
const IDLE = "console.log('ready'); process.stdin.resume();";
/** Every 50 ms it keeps 1 MB more in Buffers: on a loaded machine a reading takes the longer the more there is. */
const GROWING = "globalThis.kept = []; setInterval(() => kept.push(Buffer.alloc(1e6, 1)), 50); console.log('ready');";

interface Row {
  readonly kind: string;
  readonly thread: string | null;
  readonly bytes: number;
  readonly estimated: boolean;
}

describe.each(oldestAndNewest())('memory of a process without an inspector, Node $major', ({ execPath }) => {
  it('prints rows that add up, and closes the inspector that it has opened', async () => {
    const { pid, stderr } = await startPlain(execPath, WORKER);
    const { code, stdout, stderr: said } = await runCommand(['memory', `${pid}`, '--json']);
    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringMatching(/opened the inspector of process \d+/) });
    const ledger: { readonly rss: number; readonly rows: readonly Row[] } = JSON.parse(stdout);
    expect(ledger).toMatchObject({ pid, verdicts: [], missing: [], notes: [], swap: expect.any(Number) });
    expect(ledger.rows.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(ledger.rss);
    const heaps = ledger.rows.filter(({ kind }) => kind === 'heap').map(({ thread }) => thread);
    expect(heaps).toEqual(['main', expect.stringMatching(/^worker 1( \(pool\))?$/), null]);
    const [, port] = /listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(stderr())!;
    expect((await failureOf(discover(Number(port)))).message).toMatch(/nothing listens there/);
  });
});

describe('memory', () => {
  it('prints a table', async () => {
    const { port, pid } = await startTarget({ execPath: process.execPath, code: IDLE, ready: true });
    const { code, stdout } = await runCommand(['memory', '--port', `${port}`, '--no-workers']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^port ${port} \\(process ${pid}\\) at [\\d:]{8} UTC: \\S+ MiB resident\n`));
    expect(stdout).toMatch(
      /^ *\S+ \S?iB +± +heap, main: JavaScript heap \(\S+ \S?iB live and garbage(, \S+ \S?iB free)?(, \S+ \S?iB reserved)?\)$/m,
    );
    expect(stdout).toMatch(/^ *\S+ MiB +binary: the node binary/m);
    expect(stdout).toMatch(/^workers were not asked/m);
  });

  it('watches what grows until Ctrl-C (long)', async () => {
    const { port } = await startTarget({ execPath: process.execPath, code: GROWING, ready: true });
    const watching = startCommand(['memory', `${port}`, '--watch', '200ms']);
    await watching.waitFor('stdout', /^(resident +± +change +since start +what)$/m);
    await watching.waitFor('stdout', /^(array-buffers \+\S+ MiB: ArrayBuffers and Buffers grow: tracemalloc why --buffers TARGET .*)$/m);
    watching.child.kill('SIGINT');
    const { code, stderr } = await watching.exited;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('prints a line of JSON for each reading, and ends with the target', async () => {
    const { port, kill } = await startTarget({ execPath: process.execPath, code: IDLE, ready: true });
    const watching = startCommand(['memory', `${port}`, '--watch', '100ms', '--json']);
    await watching.waitFor('stdout', /\n(\{.*\})\n/);
    await kill();
    const { code, stdout, stderr } = await watching.exited;
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/^the target is gone: /) });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ rss: expect.any(Number), rows: expect.any(Array) });
  });
});
