import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping.js';
import type { NodeCommands, NodeEvents } from './node-protocol.js';

interface Commands extends ProtocolMapping.Commands, NodeCommands {}
interface Events extends ProtocolMapping.Events, NodeEvents {}

export type Command = keyof Commands;
export type CommandParams<M extends Command> = Commands[M]['paramsType'][0];
export type CommandResult<M extends Command> = Commands[M]['returnType'];
export type Event = keyof Events;
export type EventParams<E extends Event> = Events[E][0];

/** What each command does, in words that fit after "while" in an error message. */
const PLAIN_WORDS: Partial<Record<Command, string>> = {
  'Debugger.disable': 'leaving the debugger',
  'Debugger.enable': 'turning the debugger on',
  'Debugger.resume': 'letting the program go on',
  'Debugger.setScriptSource': "changing a script's source",
  'HeapProfiler.collectGarbage': 'collecting garbage',
  'HeapProfiler.disable': 'turning the heap profiler off',
  'HeapProfiler.enable': 'turning the heap profiler on',
  'HeapProfiler.getHeapObjectId': 'looking up an object',
  'HeapProfiler.getObjectByHeapObjectId': 'looking up an object',
  'HeapProfiler.getSamplingProfile': 'reading the sampling profile',
  'HeapProfiler.startSampling': 'starting the sampler',
  'HeapProfiler.startTrackingHeapObjects': 'starting the tracking of objects',
  'HeapProfiler.stopSampling': 'stopping the sampler',
  'HeapProfiler.stopTrackingHeapObjects': 'stopping the tracking of objects',
  'HeapProfiler.takeHeapSnapshot': 'taking a heap snapshot',
  'NodeRuntime.notifyWhenWaitingForDisconnect': 'asking the program to wait for us at its end',
  'NodeWorker.detach': 'leaving a worker',
  'NodeWorker.disable': 'leaving the workers',
  'NodeWorker.enable': 'attaching to the workers',
  'NodeWorker.sendMessageToWorker': 'talking to a worker',
  'Runtime.callFunctionOn': 'calling a function in the program',
  'Runtime.evaluate': 'evaluating an expression in the program',
  'Runtime.getHeapUsage': 'reading the heap usage',
  'Runtime.globalLexicalScopeNames': 'asking whether the program has ended',
  'Runtime.runIfWaitingForDebugger': 'letting the program start',
};

export function plainWords(method: Command): string {
  return PLAIN_WORDS[method] ?? `running ${method}`;
}
