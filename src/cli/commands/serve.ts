import type { Command } from 'commander';
import { ConnectionLostError } from '../../errors.js';
import { messageOf } from '../../protocol/error-text.js';
import { isReadableByAll, readToken } from '../../serve/bearer-token.js';
import { Endpoints } from '../../serve/endpoints.js';
import { checkExposure, parseListenAddress } from '../../serve/listen-address.js';
import { ProfileServer } from '../../serve/profile-server.js';
import { SharedSnapshots } from '../../serve/shared-snapshots.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { printable } from '../../text/printable.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import { type Console, writeLines } from '../console/console.js';
import { firstInterruption } from '../console/interruption.js';
import { addExamples } from '../options/examples.js';
import { addPushEveryOption, addPushOptions, type PushValues } from '../options/push-options.js';
import { addTracingOptions, startOptions, type TracingValues } from '../options/shared-options.js';
import { addSourceMapOptions, type SourceMapValues, shown, sourceMapperOf } from '../options/source-maps.js';
import { addTargetOptions, isOnThisMachine, type TargetValues, targetOf } from '../options/target-argument.js';
import { pushingOf } from '../tracing/pushing.js';
import { whileTracing } from '../tracing/while-tracing.js';

interface ServeValues extends TracingValues, TargetValues, SourceMapValues, PushValues {
  readonly listen: string;
  readonly tokenFile?: string;
}

const EXPOSED =
  'this address is not loopback: what goes there, the token too, is not encrypted; put what speaks https in front of it, or a tunnel';

export function configure(command: Command): Command {
  addTargetOptions(command)
    .option('--listen <address>', 'address to listen on: host:port, or a port of this machine; 0 takes any free port', '127.0.0.1:6060')
    .option('--token-file <file>', 'file with the token that clients must send; required if the address is not loopback');
  return addExamples(addSourceMapOptions(addPushEveryOption(addPushOptions(addTracingOptions(command)))), [
    ['tracemalloc serve 4711', 'the memory of process 4711, on port 6060 of this machine'],
    ['tracemalloc serve --pid 4711 --listen 7070', 'the same on port 7070'],
  ]);
}

export async function run([name]: readonly string[], values: ServeValues, console: Console): Promise<number> {
  const named = targetOf(name, values);
  const { target, label } = named;
  const start = startOptions(values);
  const address = parseListenAddress(values.listen);
  const token = readToken(values.tokenFile, process.env);
  checkExposure(address, token !== null);
  const mapper = sourceMapperOf(values, console);
  const tell = (line: string) => writeLines(console.err, [printable(line)]);
  const { tokenFile } = values;
  if (tokenFile !== undefined && isReadableByAll(tokenFile))
    tell(`all users of this machine can read the token in ${tokenFile}; chmod 600 hides it`);
  let onTracer: (tracer: Tracer) => void = () => {};
  const tracing = new Promise<Tracer>((resolve) => {
    onTracer = resolve;
  });
  const snapshots = new SharedSnapshots(
    async () => snapshotOf(await tracing),
    ({ message }) => tell(`no snapshot: ${message}`),
  );
  const endpoints = new Endpoints(snapshots, {
    show: (snapshot) => shown(snapshot, mapper),
    isChurn: values.mode === 'churn',
    readLedger: async () => (await tracing).getMemory(),
  });
  const pushing = pushingOf(values, { mapper, console, isHere: isOnThisMachine(named) });
  // Before the target is touched, because the address may be taken. Who asks early waits.
  const server = await ProfileServer.listen({ address, token, endpoints, onError: (error) => tell(`a fault: ${messageOf(error)}`) });
  const interruption = firstInterruption();
  try {
    return await whileTracing({ target, start, console }, async (tracer) => {
      onTracer(tracer);
      tell(`serving ${label} on ${server.url}/debug/pprof/ and ${server.url}/metrics until Ctrl-C`);
      if (!server.onLoopback) tell(EXPOSED);
      const source = pushing?.sourceFor(tracer);
      const end = await Promise.race([interruption.came, tracer.closed]);
      source?.stop();
      const gone = end && new ConnectionLostError(`the target is gone: ${end.reason}`);
      await server.stop(gone ? gone.message : 'tracemalloc serve ends');
      if (gone) throw gone;
      return 0;
    });
  } catch (error) {
    await server.stop(messageOf(error));
    throw error;
  } finally {
    interruption.ignore();
    await pushing?.end();
  }
}

/** @throws ConnectionLostError with the reason, if the target is gone */
async function snapshotOf(tracer: Tracer): Promise<Snapshot> {
  try {
    return await tracer.takeSnapshot();
  } catch (error) {
    if (tracer.isTracing()) throw error;
    const { reason } = await tracer.closed;
    throw new ConnectionLostError(`the target is gone: ${reason}`, { cause: error });
  }
}
