export type { HeapFunction } from './collect/heap-snapshot/function-table.js';
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
  StoreError,
  TracemallocError,
  UnsupportedError,
  UsageError,
} from './errors.js';
export type { BufferCluster, BufferHolders } from './heap-graph/buffers/explain-buffers.js';
export type { HeapKeyType } from './heap-graph/census/heap-keys.js';
export type { HeapStatistic } from './heap-graph/census/heap-statistics.js';
export type { HeapComparison } from './heap-graph/comparison/compare-heaps.js';
export type { GrowingCollection } from './heap-graph/comparison/growing-collections.js';
export type { TypeChange } from './heap-graph/comparison/type-changes.js';
export type { HeapLocation } from './heap-graph/heap/heap.js';
export { type HeapEdge, HeapGraph } from './heap-graph/heap-graph.js';
export type { Explanation, HeapWhyOptions, HeldCluster, WhyOptions } from './heap-graph/paths/explain.js';
export type { HeapPlace } from './heap-graph/paths/node-text.js';
export type { Dominator, PathLink } from './heap-graph/paths/path-finder.js';
export type { HeapReadOptions, HeapSource } from './heap-graph/reading/read-graph.js';
export type { Ledger, LedgerVerdict, MissingThread } from './ledger/ledger.js';
export type { LedgerKind, LedgerRow } from './ledger/ledger-rows.js';
export type { LabelsOption } from './lines/labels/label-choice.js';
export type { ScriptEdit } from './lines/live-edit/live-edit.js';
export { Frame, type Precision } from './model/frame.js';
export type { CaptureInfo, Churn, HeapTotals, Mode, ResidentPart } from './model/trace-columns.js';
export { Traceback } from './model/traceback.js';
export type { TargetName } from './protocol/address.js';
export type { Growth } from './series/growth.js';
export { type GrowthOptions, type Round, Series } from './series/series.js';
export type { Verdict } from './series/verdict.js';
export type { DumpOptions } from './snapshot/file/dump.js';
export { DomainFilter, Filter, type FilterOptions, LabelFilter, ThreadFilter } from './snapshot/filter.js';
export type { FromTracesOptions, TraceInput } from './snapshot/from-traces.js';
export { Snapshot } from './snapshot/snapshot.js';
export type { KeyType, StatisticsOptions } from './snapshot/statistics/key-type.js';
export type { OwnCaller } from './snapshot/statistics/own-callers.js';
export { Statistic, StatisticDiff } from './snapshot/statistics/statistic.js';
export { Trace } from './snapshot/trace.js';
export { formatSize } from './text/size-format.js';
export { type AttachOptions, attach } from './tracing/attach/attach.js';
export { attachSelf } from './tracing/attach/attach-self.js';
export type { ObjectName, ProtocolClient } from './tracing/isolate/find-object.js';
export type { LinesOption } from './tracing/isolate/line-scope.js';
export { type LaunchOptions, launch } from './tracing/launch/launch.js';
export { type Exit, type KillOptions, LaunchedTracer } from './tracing/launch/launched-tracer.js';
export type { Closing } from './tracing/tracer/closing.js';
export type { TargetWhyOptions } from './tracing/tracer/explain-target.js';
export type { MemoryOptions } from './tracing/tracer/memory-of-target.js';
export type { StartOptions } from './tracing/tracer/start-options.js';
export { type TakeOptions, Tracer } from './tracing/tracer/tracer.js';
export type { MarkListener } from './tracing/watch/marks.js';
export type { RssLimit, RssListener, RssReading, RssWatch } from './tracing/watch/rss-watch.js';
