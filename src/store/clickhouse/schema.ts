/**
 * The tables, in the SQL of ClickHouse. docs/reference/fleet-schema.md describes them, and docs/decisions/fleet-clickhouse.md says why they are so. A change
 * of a table is a new version.
 */
export const SCHEMA_VERSION = 1;

/** The oldest server that we take, as year and month. Its analyzer is the one that the questions are written for. */
export const OLDEST_SERVER: readonly [number, number] = [24, 8];

/** After so many days, of each process and hour one profile is left. */
export const DETAILED_DAYS = 7;
const KEPT_DAYS = 30;
/** A stack that was written so many days ago is written again, if a profile has it. */
export const STACK_REFRESH_DAYS = 15;
const STACK_KEPT_DAYS = KEPT_DAYS + 2 * STACK_REFRESH_DAYS;

export interface Table {
  readonly name: string;
  /** A column a line. */
  readonly columns: string;
  /** Of the MergeTree family. */
  readonly engine: string;
  /** Behind the engine. */
  readonly clauses: string;
  /** What decides on which shard of a cluster a row is stored. */
  readonly shard: string;
}

export const PROFILES = 'tracemalloc_profiles';
export const STACKS = 'tracemalloc_stacks';
export const SAMPLES = 'tracemalloc_samples';

export const TABLES: readonly Table[] = [
  {
    name: PROFILES,
    columns: `
  service LowCardinality(String) COMMENT 'service.name',
  time DateTime64(3, 'UTC') COMMENT 'when it was taken' CODEC(Delta, ZSTD),
  release LowCardinality(String) COMMENT 'service.version',
  host LowCardinality(String) COMMENT 'host.name',
  pid UInt32 COMMENT 'process.pid; 0: unknown' CODEC(ZSTD),
  instance String COMMENT 'service.instance.id' CODEC(ZSTD),
  attributes Map(LowCardinality(String), String) COMMENT 'further resource attributes' CODEC(ZSTD),
  tracing UInt64 COMMENT 'hash of the process and its tracing, from start to stop' CODEC(ZSTD),
  push UInt64 COMMENT 'random; the samples of this profile have it' CODEC(ZSTD),
  id UInt128 COMMENT 'of the same profile always the same; of two rows with one id, one counts' CODEC(ZSTD),
  hourly Bool COMMENT 'the one of its tracing and hour that stays',
  node_version LowCardinality(String) COMMENT 'empty: unknown',
  mode LowCardinality(String) COMMENT 'sampling, exact or objects',
  precision LowCardinality(String) COMMENT 'line, or function: lines are where functions start',
  interval Nullable(Float64) COMMENT 'mean bytes between two samples' CODEC(ZSTD),
  traceback_limit UInt32 COMMENT 'the most frames that a stack could keep' CODEC(ZSTD),
  unseen Float64 COMMENT 'variance of the blocks that no sample shows, for each group, in bytes squared' CODEC(ZSTD),
  size Float64 COMMENT 'bytes of all traces' CODEC(ZSTD),
  heap_used Nullable(UInt64) COMMENT 'bytes, as the next ones' CODEC(ZSTD),
  heap_total Nullable(UInt64) CODEC(ZSTD),
  external Nullable(UInt64) CODEC(ZSTD),
  array_buffers Nullable(UInt64) CODEC(ZSTD),
  rss Nullable(UInt64) CODEC(ZSTD),
  pushed DateTime('UTC') DEFAULT now() CODEC(Delta, ZSTD)`,
    engine: 'MergeTree',
    clauses: `PARTITION BY toDate(time)
ORDER BY (service, time, tracing)
TTL toDateTime(time) + INTERVAL ${DETAILED_DAYS} DAY DELETE WHERE NOT hourly, toDateTime(time) + INTERVAL ${KEPT_DAYS} DAY`,
    shard: 'tracing',
  },
  {
    name: STACKS,
    columns: `
  service LowCardinality(String),
  release LowCardinality(String),
  hash UInt128 COMMENT 'of all that follows but written' CODEC(ZSTD),
  files Array(LowCardinality(String)) COMMENT 'the oldest frame first, as in the next arrays' CODEC(ZSTD),
  lines Array(UInt32) COMMENT '1-based; 0: none' CODEC(ZSTD),
  columns Array(UInt32) COMMENT '1-based; 0: unknown' CODEC(ZSTD),
  functions Array(LowCardinality(String)) COMMENT 'empty: anonymous' CODEC(ZSTD),
  true_lines Array(UInt8) COMMENT '1: the line allocates; 0: the function starts there' CODEC(ZSTD),
  packages Array(LowCardinality(String)) COMMENT 'as the grouping package names them' CODEC(ZSTD),
  own Array(UInt8) COMMENT '1: a file of the program itself' CODEC(ZSTD),
  total_frames UInt32 COMMENT 'depth before the limit' CODEC(ZSTD),
  written DateTime('UTC') DEFAULT now() CODEC(Delta, ZSTD)`,
    engine: 'ReplacingMergeTree(written)',
    clauses: `ORDER BY (service, release, hash)
TTL written + INTERVAL ${STACK_KEPT_DAYS} DAY`,
    shard: 'hash',
  },
  {
    name: SAMPLES,
    columns: `
  service LowCardinality(String),
  hour DateTime('UTC') COMMENT 'in which the profiles were taken' CODEC(Delta, ZSTD),
  tracing UInt64 CODEC(ZSTD),
  stack UInt128 COMMENT 'hash in the table of stacks' CODEC(ZSTD),
  thread LowCardinality(String),
  domain UInt32 COMMENT '0: JavaScript heap, 1: array buffers' CODEC(ZSTD),
  type LowCardinality(String) COMMENT 'empty: unknown',
  label LowCardinality(String) COMMENT 'empty: none',
  hourly Bool,
  pushes SimpleAggregateFunction(groupArrayArray, Array(UInt64)) COMMENT 'by profile of the hour: its push; so are the next arrays' CODEC(ZSTD),
  sizes SimpleAggregateFunction(groupArrayArray, Array(Float64)) COMMENT 'bytes' CODEC(ZSTD),
  counts SimpleAggregateFunction(groupArrayArray, Array(UInt64)) COMMENT 'blocks' CODEC(ZSTD),
  variances SimpleAggregateFunction(groupArrayArray, Array(Float32)) COMMENT 'of sizes, from sampling, in bytes squared' CODEC(ZSTD)`,
    engine: 'AggregatingMergeTree',
    clauses: `PARTITION BY toDate(hour)
PRIMARY KEY (service, hour, tracing, stack)
ORDER BY (service, hour, tracing, stack, thread, domain, type, label, hourly)
TTL hour + INTERVAL ${DETAILED_DAYS} DAY DELETE WHERE NOT hourly, hour + INTERVAL ${KEPT_DAYS} DAY`,
    shard: 'tracing',
  },
];

/** What marks a table as ours. */
export function commentOf(version: number): string {
  return `node-tracemalloc schema ${version}`;
}

/** The version that a table's comment says; null: it is not ours. */
export function versionIn(comment: string): number | null {
  const version = /^node-tracemalloc schema (\d+)$/.exec(comment)?.[1];
  return version === undefined ? null : Number(version);
}

/** What creates the tables, in order. @param cluster null: one server */
export function createTables(cluster: string | null): string[] {
  return TABLES.flatMap((table) => (cluster === null ? [createTable(table)] : createOnCluster(table, cluster)));
}

function createTable({ name, columns, engine, clauses }: Table): string {
  return `CREATE TABLE IF NOT EXISTS ${name} (${columns}
)
ENGINE = ${engine}
${clauses}
COMMENT '${commentOf(SCHEMA_VERSION)}'`;
}

/** The rows are in the replicated table NAME_local of each server. The table NAME knows where. */
function createOnCluster({ name, columns, engine, clauses, shard }: Table, cluster: string): string[] {
  const [family, version] = engine.split(/[()]/);
  const path = `'/clickhouse/tables/{uuid}/{shard}', '{replica}'`;
  const replicated = `Replicated${family}(${[path, ...(version ? [version] : [])].join(', ')})`;
  const on = `ON CLUSTER ${identifier(cluster)}`;
  const comment = `COMMENT '${commentOf(SCHEMA_VERSION)}'`;
  return [
    `CREATE TABLE IF NOT EXISTS ${name}_local ${on} (${columns}\n)\nENGINE = ${replicated}\n${clauses}\n${comment}`,
    `CREATE TABLE IF NOT EXISTS ${name} ${on} AS ${name}_local\nENGINE = Distributed(${identifier(cluster)}, currentDatabase(), ${name}_local, ${shard})\n${comment}`,
  ];
}

/** A name that the user gave, as SQL quotes names: DDL on a cluster takes no parameters. */
export function identifier(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}
