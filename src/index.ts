export {
  BadProfileError,
  CommandError,
  CommandTimeoutError,
  ConnectError,
  ConnectionLostError,
  ForeignSamplerError,
  LaunchError,
  ListenError,
  NotTracingError,
  OutputFileError,
  ProfileTooLargeError,
  SnapshotFileError,
  TracemallocError,
  UnsupportedError,
  UsageError,
} from './errors.js';
export type { ScriptEdit } from './lines/live-edit.js';
export { Frame, type Precision } from './model/frame.js';
export type { CaptureInfo, HeapTotals, Mode } from './model/trace-columns.js';
export { Traceback } from './model/traceback.js';
export type { TargetName } from './protocol/address.js';
export type { DumpOptions } from './snapshot/dump.js';
export { DomainFilter, Filter, type FilterOptions, ThreadFilter } from './snapshot/filter.js';
export type { FromTracesOptions, TraceInput } from './snapshot/from-traces.js';
export type { KeyType, StatisticsOptions } from './snapshot/key-type.js';
export { formatSize } from './snapshot/size-format.js';
export { Snapshot } from './snapshot/snapshot.js';
export { Statistic, StatisticDiff } from './snapshot/statistic.js';
export { Trace } from './snapshot/trace.js';
export { type AttachOptions, attach } from './target/attach.js';
export { attachSelf } from './target/attach-self.js';
export type { Closing } from './target/closing.js';
export type { ObjectName, ProtocolClient } from './target/find-object.js';
export { type LaunchOptions, launch } from './target/launch.js';
export { type Exit, type KillOptions, LaunchedTracer } from './target/launched-tracer.js';
export type { LinesOption } from './target/line-scope.js';
export type { MarkListener } from './target/marks.js';
export type { StartOptions } from './target/start-options.js';
export { Tracer } from './target/tracer.js';
