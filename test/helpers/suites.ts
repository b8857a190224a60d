import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoPath } from './paths.js';
import { REGISTER_URL } from './registered.js';

/** A package with its tests, as in its tarball. */
export interface Suite {
  readonly name: string;
  /** The folder of its tests. */
  readonly folder: string;
  /** Test files that are left out, each with the reason. */
  readonly without?: Readonly<Record<string, string>>;
  /** What to run instead of all test files. */
  readonly program?: readonly string[];
  /** The least number of tests. With fewer, something failed in the same way in both runs. */
  readonly tests: number;
  /** The package that is tested, if it is not the one that brings the tests. */
  readonly tested?: string;
}

const NO_PACKAGES = 'the tarball lacks the folders node_modules in which it looks';

/** The suite that mostly waits for timers comes first, because tests that run side by side start in this order. */
export const SUITES: readonly Suite[] = [
  {
    name: 'promises-aplus-tests',
    folder: 'lib',
    // Mocha's own limit is 2 seconds, which a test can take on a busy machine.
    program: [
      ...['../mocha/bin/_mocha', '--reporter', 'tap', '--timeout', '60000'],
      ...['--require', repoPath('fixtures/suites/promises.cjs'), 'lib/testFiles.js'],
    ],
    tests: 850,
    tested: 'bluebird',
  },
  { name: 'bl', folder: 'test', program: ['test/test.js'], tests: 700 },
  {
    name: 'find-my-way',
    folder: 'test',
    without: {
      'for-in-loop.test.js': 'adds to Object.prototype, in a process that it has for itself',
      'issue-330.test.js': 'needs proxyquire',
      'url-sanitizer.test.js': 'measures time',
    },
    tests: 500,
  },
  { name: 'qs', folder: 'test', tests: 1600 },
  { name: 'deep-equal', folder: 'test', tests: 550 },
  {
    name: 'resolve',
    folder: 'test',
    without: {
      'home_paths.js': 'writes into the folder of the package',
      'home_paths_sync.js': 'writes into the folder of the package',
      'node_path.js': 'needs tap',
      'pathfilter.js': NO_PACKAGES,
      'pathfilter_sync.js': NO_PACKAGES,
      'resolver.js': NO_PACKAGES,
      'resolver_sync.js': NO_PACKAGES,
      'subdirs.js': NO_PACKAGES,
      'symlinks.js': 'the tarball has no links',
    },
    tests: 400,
  },
  { name: 'traverse', folder: 'test', tests: 150 },
  { name: 'falafel', folder: 'test', tests: 70 },
];

export interface SuiteRun {
  readonly code: number | null;
  /** Its output without durations. */
  readonly output: string;
  readonly stderr: string;
  readonly tests: number;
  readonly failed: readonly string[];
  /** The scripts that had true lines. */
  readonly scripts: readonly string[];
}

interface SuiteOptions {
  readonly execPath: string;
  readonly modules: string;
  /** The file for the names of instrumented scripts. */
  readonly scriptsFile: string;
  /** If given, all files have true lines, and the cache is in this folder. */
  readonly cache?: string;
  /** Whether the work of the tests has labels, too. */
  readonly labels?: boolean;
}

const SCRIPTS = repoPath('fixtures/suites/scripts.mjs');

export async function runSuite(suite: Suite, { execPath, modules, scriptsFile, cache, labels = false }: SuiteOptions): Promise<SuiteRun> {
  const cwd = join(modules, suite.name);
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const lines = cache === undefined ? {} : { NODE_TRACEMALLOC_LINES: 'all', NODE_TRACEMALLOC_CACHE: cache };
  const env = {
    ...inherited,
    NODE_NO_WARNINGS: '1',
    SUITES_SCRIPTS: scriptsFile,
    ...lines,
    ...(labels && { NODE_TRACEMALLOC_LABEL: 'requests' }),
  };
  const flags = ['--test-reporter=tap', ...(cache === undefined ? [] : ['--import', REGISTER_URL]), '--import', SCRIPTS];
  // Files, not pipes: if a test pretends to be on Windows, tape writes synchronously, and fails if we read too slowly (EAGAIN).
  const files = ['stdout', 'stderr'].map((name) => `${scriptsFile}.${name}`);
  const [out, err] = files.map((file) => openSync(file, 'w'));
  const child = spawn(execPath, [...flags, ...programOf(suite, cwd)], { cwd, env, stdio: ['ignore', out!, err!] });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  closeSync(out!);
  closeSync(err!);
  const [stdout = '', stderr = ''] = files.map((file) => readFileSync(file, 'utf8'));
  const results = stdout.match(/^ *(?:not )?ok \d+.*$/gm) ?? [];
  return {
    code,
    output: stdout.replace(/^( *(?:# )?duration_ms:? ?).*$/gm, '$1'),
    stderr,
    tests: results.length,
    failed: results.filter((line) => line.trimStart().startsWith('not')),
    scripts: JSON.parse(readFileSync(scriptsFile, 'utf8')) as string[],
  };
}

function programOf({ program, folder, without = {} }: Suite, cwd: string): string[] {
  if (program) return [...program];
  const files = readdirSync(join(cwd, folder)).filter((file) => file.endsWith('.js') && !(file in without));
  return [repoPath('fixtures/suites/files.cjs'), ...files.map((file) => join(cwd, folder, file))];
}
