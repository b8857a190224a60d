import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as door from '../src/index.js';
import { repoPath } from './helpers/paths.js';

/** Which layers each layer may import, besides its own and `errors`. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  text: [],
  labels: [],
  model: ['text'],
  protocol: ['text'],
  discovery: ['text', 'protocol'],
  'source-maps': ['text', 'model'],
  ledger: ['text', 'protocol', 'discovery'],
  snapshot: ['text', 'model', 'source-maps'],
  series: ['text', 'model', 'snapshot'],
  collect: ['text', 'protocol', 'model'],
  'heap-graph': ['text', 'model', 'collect', 'snapshot'],
  lines: ['text', 'protocol', 'source-maps'],
  tracing: ['text', 'protocol', 'discovery', 'ledger', 'model', 'collect', 'heap-graph', 'lines', 'source-maps', 'snapshot'],
  report: ['text', 'model', 'snapshot', 'series', 'heap-graph', 'ledger'],
  formats: ['text', 'protocol', 'model', 'snapshot', 'series', 'collect', 'report'],
  store: ['text', 'model', 'snapshot', 'series', 'formats'],
  testing: ['text', 'model', 'snapshot', 'series', 'source-maps', 'tracing', 'report', 'heap-graph'],
  serve: ['text', 'protocol', 'ledger', 'model', 'snapshot', 'formats'],
  cli: [
    'text',
    'protocol',
    'discovery',
    'ledger',
    'model',
    'snapshot',
    'series',
    'collect',
    'heap-graph',
    'lines',
    'tracing',
    'formats',
    'source-maps',
    'report',
    'serve',
    'store',
    'mcp',
  ],
  // It runs the command as a process of its own, so that it needs nothing of `cli`.
  mcp: ['text', 'protocol', 'discovery', 'ledger', 'snapshot', 'heap-graph', 'source-maps', 'report'],
  index: ['text', 'protocol', 'ledger', 'model', 'snapshot', 'series', 'collect', 'heap-graph', 'lines', 'tracing'],
};

const EXPORTS = [
  'attach',
  'launch',
  'attachSelf',
  'Tracer',
  'LaunchedTracer',
  'Snapshot',
  'Series',
  'HeapGraph',
  'Filter',
  'DomainFilter',
  'ThreadFilter',
  'LabelFilter',
  'Frame',
  'Traceback',
  'Trace',
  'Statistic',
  'StatisticDiff',
  'formatSize',
  'TracemallocError',
  'UsageError',
  'NotTracingError',
  'UnsupportedError',
  'ConnectError',
  'ConnectionLostError',
  'CommandTimeoutError',
  'CommandError',
  'ForeignSamplerError',
  'ProfileTooLargeError',
  'BadProfileError',
  'SnapshotFileError',
  'StoreError',
  'OutputFileError',
  'LaunchError',
  'ListenError',
];

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const SOURCE = repoPath('src');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => /\.c?ts$/.test(name));
const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(join(SOURCE, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => ({
    file,
    specifier: match[1]!,
  })),
);

/** `index` is the door of a folder; a command's file is named for its verb, and so is what does the verb's work in another layer. */
const SHARED_NAMES = new Set(['index.ts', 'attach.ts', 'export.ts', 'memory.ts']);

/** The first folder below src, or the file's own name. */
function layerOf(file: string): string {
  return file.split('/')[0]!.replace(/\.ts$/, '');
}

/** The folder of a file; a file of src itself is a room of its own. */
function roomOf(file: string): string {
  return file.includes('/') ? dirname(file) : file;
}

function grouped(names: readonly string[], keyOf: (name: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) groups.set(keyOf(name), [...(groups.get(keyOf(name)) ?? []), name]);
  return groups;
}

function reachable(from: string, next: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const found = new Set<string>();
  const queue = [from];
  for (let room = queue.pop(); room !== undefined; room = queue.pop()) {
    for (const to of next.get(room) ?? []) {
      if (!found.has(to)) queue.push(to);
      found.add(to);
    }
  }
  return found;
}

function targetOf({ file, specifier }: Import): string {
  return relative(SOURCE, join(SOURCE, dirname(file), specifier)).replace(/\.(c?)js$/, '.$1ts');
}

const local = imports.filter(({ specifier }) => specifier.startsWith('.'));

describe('the layers', () => {
  it('finds the sources', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(local.length).toBeGreaterThan(40);
  });

  it('import only what the import rule allows', () => {
    const broken = local.filter((entry) => {
      const [from, to] = [layerOf(entry.file), layerOf(targetOf(entry))];
      return from !== to && to !== 'errors' && !ALLOWED[from]?.includes(to);
    });
    expect(broken).toEqual([]);
  });

  it('have no import cycle', () => {
    const next = new Map(files.map((file) => [file, local.filter((entry) => entry.file === file).map(targetOf)]));
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) throw new Error(`import cycle: ${[...path, file].join(' → ')}`);
      if (done.has(file)) return;
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(done.size).toBe(files.length);
  });

  it('have no two folders that lead to each other, at any depth', () => {
    const next = new Map<string, Set<string>>();
    for (const entry of local) {
      const [from, to] = [roomOf(entry.file), roomOf(targetOf(entry))];
      if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to));
    }
    const circles = [...next.keys()].filter((room) => reachable(room, next).has(room));
    expect(circles).toEqual([]);
  });

  it('import chrome-remote-interface in one file', () => {
    const users = imports.filter(({ specifier }) => specifier.startsWith('chrome-remote-interface'));
    expect(new Set(users.map(({ file }) => file))).toEqual(new Set(['protocol/websocket.ts']));
  });

  it('are not loaded for agents unless the command for them is run', () => {
    const users = imports.filter((entry) => layerOf(entry.file) !== 'mcp' && entry.specifier.includes('/mcp/'));
    const text = readFileSync(join(SOURCE, 'cli/commands/mcp.ts'), 'utf8');
    expect(new Set(users.map(({ file }) => file))).toEqual(new Set(['cli/commands/mcp.ts']));
    expect(text.match(/^(?!import type ).*\/mcp\/.*$/gm)).toEqual([expect.stringContaining("await import('../../mcp/mcp-server.js')")]);
  });

  it("import the agents' protocol in one file", () => {
    const users = imports.filter(({ specifier }) => specifier.startsWith('@modelcontextprotocol/sdk'));
    expect(new Set(users.map(({ file }) => file))).toEqual(new Set(['mcp/mcp-server.ts']));
  });

  it('import @clickhouse/client in one file', () => {
    const users = imports.filter(({ specifier }) => specifier.startsWith('@clickhouse/'));
    expect(new Set(users.map(({ file }) => file))).toEqual(new Set(['store/clickhouse/client.ts']));
  });

  it('stay under about 250 lines a file and 25 files a folder', () => {
    expect(files.filter((file) => readFileSync(join(SOURCE, file), 'utf8').split('\n').length > 260)).toEqual([]);
    const crowded = [...grouped(files, dirname)].filter(([, own]) => own.length > 25);
    expect(crowded.map(([folder]) => folder)).toEqual([]);
  });

  it('have one file a name', () => {
    const twice = [...grouped(files, (file) => basename(file))].filter(([name, places]) => places.length > 1 && !SHARED_NAMES.has(name));
    expect(twice.map(([, places]) => places)).toEqual([]);
  });
});

describe('the public door', () => {
  it('exports what the contract lists, and nothing else', () => {
    expect(Object.keys(door).sort()).toEqual([...EXPORTS].sort());
  });
});
