import { Session } from '../../../../src/protocol/session.js';
import { Gate, type PausedStart } from '../../../../src/tracing/tracer/gate.js';
import { Lifecycle } from '../../../../src/tracing/tracer/lifecycle.js';
import { Tracer } from '../../../../src/tracing/tracer/tracer.js';
import { FakeProgram } from '../../../helpers/fake-program.js';

/** A tracer of a fake program. */
export interface Stage {
  readonly program: FakeProgram;
  readonly session: Session;
  readonly life: Lifecycle;
  readonly tracer: Tracer;
}

/** @param paused left out for a program that runs already */
export function stage(paused?: Omit<PausedStart, 'release'>, { timeoutMs = 1000 } = {}): Stage {
  const program = new FakeProgram();
  const session = new Session(program, { label: 'app.js', timeoutMs });
  const release = async () => void (await session.send('Runtime.runIfWaitingForDebugger'));
  const info = { pid: 1, title: 'app.js', nodeVersion: 'v20.0.0' };
  const gate = paused && { gate: new Gate({ ...paused, release }) };
  const life = new Lifecycle({ session, info, maxMessageBytes: 1e9, ...gate });
  return { program, session, life, tracer: new Tracer(life) };
}

const CALLS = {
  start: ({ tracer }: Stage) => tracer.start(),
  lines: ({ tracer }: Stage) => tracer.start({ lines: true }),
  resume: ({ life }: Stage) => life.resume(),
  stop: ({ tracer }: Stage) => tracer.stop(),
  snapshot: ({ tracer }: Stage) => tracer.takeSnapshot(),
  close: ({ tracer }: Stage) => tracer.close(),
  end: async ({ program, tracer }: Stage) => {
    program.end();
    await tracer.closed;
  },
  lose: async ({ program, tracer }: Stage) => {
    program.lose('the network failed');
    await tracer.closed;
  },
} as const;

const SAMPLER = ['Runtime.getHeapUsage', 'HeapProfiler.getSamplingProfile', 'HeapProfiler.startSampling'];
/** The end of the sampling, if the conversation goes on. */
const FORGET = ['HeapProfiler.disable', 'HeapProfiler.startSampling', 'HeapProfiler.stopSampling'];
/** V8 tells of its scripts, for as long as the Debugger is on. */
const SCRIPTS = ['Debugger.enable', 'Debugger.setSkipAllPauses'];
const PROFILE = ['Runtime.getHeapUsage', 'HeapProfiler.getSamplingProfile', 'Runtime.getHeapUsage'];

/**
 * The commands of one step, and a name for them; a small letter at the end for the same step when the program has ended, where nothing is
 * evaluated. The Debugger of a program that was started for us stays on.
 */
const PHRASES: readonly (readonly [name: string, sent: readonly string[]])[] = [
  ['START', ['read the registry', 'read the memory usage', 'NodeWorker.enable', ...SCRIPTS, 'Debugger.disable', ...SAMPLER]],
  ['START', ['read the registry', 'read the memory usage', 'NodeWorker.enable', ...SCRIPTS, ...SAMPLER]],
  ['READ', [...SCRIPTS, ...PROFILE, 'Debugger.disable', 'read the memory usage']],
  ['READ', [...PROFILE, 'read the memory usage']],
  ['READe', [...SCRIPTS, ...PROFILE, 'Debugger.disable', 'Runtime.getHeapUsage']],
  ['READe', [...PROFILE, 'Runtime.getHeapUsage']],
  ['STARTe', ['NodeWorker.enable', 'Runtime.getHeapUsage', ...SCRIPTS, 'Debugger.disable', ...SAMPLER]],
  ['STARTe', ['NodeWorker.enable', 'Runtime.getHeapUsage', ...SCRIPTS, ...SAMPLER]],
  ['STOP', ['Debugger.disable', ...FORGET, 'NodeWorker.disable']],
  ['STOP', [...FORGET, 'NodeWorker.disable']],
  ['LEAVE', ['Debugger.disable', 'HeapProfiler.disable', 'NodeWorker.disable']],
  ['LEAVE', ['HeapProfiler.disable', 'NodeWorker.disable']],
  ['END', ['NodeWorker.disable', 'Debugger.disable', 'HeapProfiler.disable']],
  ['END', ['NodeWorker.disable', 'HeapProfiler.disable']],
  ['RELEASE', ['Runtime.runIfWaitingForDebugger']],
  ['LISTEN', ['Runtime.addBinding', 'read the memory usage', 'NodeWorker.enable', ...SCRIPTS, 'Debugger.disable', ...SAMPLER]],
  ['LISTEN', ['Runtime.addBinding', 'read the memory usage', 'NodeWorker.enable', ...SCRIPTS, ...SAMPLER]],
  ['UNLISTEN', ['Runtime.removeBinding', 'remove what we left']],
  ['UNLISTENe', ['Runtime.removeBinding']],
];

function phrased(sent: readonly string[]): string {
  const words: string[] = [];
  for (let at = 0; at < sent.length; ) {
    const phrase = PHRASES.find(([, commands]) => commands.every((command, i) => sent[at + i] === command));
    words.push(phrase?.[0] ?? sent[at]!);
    at += phrase?.[1].length ?? 1;
  }
  return words.join(' ');
}

/**
 * Makes the calls, and gives one line: the result of each call, the sent commands, and how the connection ended.
 *
 * @param calls names of calls; those between two commas are made at once
 */
export async function played(set: Stage, calls: string): Promise<string> {
  const results: string[] = [];
  for (const together of calls.split(',')) {
    const names = together.trim().split(' ') as (keyof typeof CALLS)[];
    results.push(...(await Promise.all(names.map((name) => outcome(CALLS[name](set))))));
  }
  const state = set.tracer.isTracing() ? 'tracing' : 'not tracing';
  const closing = set.session.isOpen ? [] : [await closingOf(set)];
  return [results.join(' '), phrased(set.program.sent) || '-', state, ...closing].join(' | ');
}

function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    (value) => (value === undefined ? 'ok' : 'snapshot'),
    ({ name }: Error) => name.replace(/Error$/, ''),
  );
}

async function closingOf({ tracer }: Stage): Promise<string> {
  const { reason, snapshot, error } = await tracer.closed;
  return [reason, ...(snapshot ? ['snapshot'] : []), ...(error instanceof Error ? [error.name] : [])].join(', ');
}
