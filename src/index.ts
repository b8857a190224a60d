export {
  BadProfileError,
  CommandError,
  CommandTimeoutError,
  ConnectError,
  ConnectionLostError,
  ForeignSamplerError,
  LaunchError,
  NotTracingError,
  ProfileTooLargeError,
  SnapshotFileError,
  TracemallocError,
  UnsupportedError,
  UsageError,
} from './errors.js';
export { Frame, type Precision } from './model/frame.js';
export type { CaptureInfo, HeapTotals, Mode } from './model/trace-columns.js';
export { Traceback } from './model/traceback.js';
export { DomainFilter, Filter } from './snapshot/filter.js';
export type { KeyType } from './snapshot/key-type.js';
export { formatSize } from './snapshot/size-format.js';
export { Snapshot } from './snapshot/snapshot.js';
export { Statistic, StatisticDiff } from './snapshot/statistic.js';
export { Trace } from './snapshot/trace.js';
export { attach } from './target/attach.js';
export { attachSelf } from './target/attach-self.js';
export { type LaunchOptions, launch } from './target/launch.js';
export { type Exit, LaunchedTracer } from './target/launched-tracer.js';
export type { MarkListener } from './target/marks.js';
export { type Closing, Tracer } from './target/tracer.js';
export type { StartOptions } from './target/tracing.js';
