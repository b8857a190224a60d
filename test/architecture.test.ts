import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as door from '../src/index.js';
import { repoPath } from './helpers/paths.js';

/** Which layers each layer may import, besides its own and `errors`. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  pattern: [],
  printable: [],
  urls: [],
  'inline-map': ['urls'],
  protocol: ['printable'],
  model: [],
  snapshot: ['model', 'pattern', 'source-maps'],
  collect: ['protocol', 'model', 'snapshot', 'urls'],
  lines: ['protocol', 'pattern', 'inline-map', 'urls'],
  target: ['protocol', 'collect', 'lines', 'snapshot', 'model', 'pattern'],
  formats: ['printable', 'model', 'snapshot'],
  'source-maps': ['model', 'inline-map', 'urls'],
  report: ['printable', 'model', 'snapshot'],
  exchange: ['model', 'snapshot', 'collect', 'formats', 'report'],
  serve: ['printable', 'protocol', 'model', 'snapshot', 'exchange'],
  cli: [
    'printable',
    'protocol',
    'model',
    'snapshot',
    'collect',
    'lines',
    'target',
    'formats',
    'exchange',
    'source-maps',
    'report',
    'serve',
  ],
  index: ['protocol', 'model', 'snapshot', 'collect', 'lines', 'target', 'formats', 'source-maps', 'report'],
};

const EXPORTS = [
  'attach',
  'launch',
  'attachSelf',
  'Tracer',
  'LaunchedTracer',
  'Snapshot',
  'Filter',
  'DomainFilter',
  'ThreadFilter',
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
  'OutputFileError',
  'LaunchError',
  'ListenError',
];

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const SOURCE = repoPath('src');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(join(SOURCE, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => ({
    file,
    specifier: match[1]!,
  })),
);

/** The first folder below src, or the file's own name. */
function layerOf(file: string): string {
  return file.split('/')[0]!.replace(/\.ts$/, '');
}

function targetOf({ file, specifier }: Import): string {
  return relative(SOURCE, join(SOURCE, dirname(file), specifier)).replace(/\.js$/, '.ts');
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

  it('import chrome-remote-interface in one file', () => {
    const users = imports.filter(({ specifier }) => specifier.startsWith('chrome-remote-interface'));
    expect(new Set(users.map(({ file }) => file))).toEqual(new Set(['protocol/websocket.ts']));
  });

  it('stay under 300 lines a file', () => {
    const long = files.filter((file) => readFileSync(join(SOURCE, file), 'utf8').split('\n').length > 300);
    expect(long).toEqual([]);
  });
});

describe('the public door', () => {
  it('exports what the contract lists, and nothing else', () => {
    expect(Object.keys(door).sort()).toEqual([...EXPORTS].sort());
  });
});
