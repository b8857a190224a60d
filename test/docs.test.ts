import { type ExecFileException, execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FORMATS } from '../src/formats/index.js';
import * as door from '../src/index.js';
import { callCommand } from './helpers/command.js';
import { repoPath } from './helpers/paths.js';

const COMMANDS = [
  'run',
  'attach',
  'top',
  'serve',
  'stats',
  'diff',
  'export',
  'report',
  'leaks',
  'why',
  'memory',
  'list',
  'mcp',
  ...['init', 'push', 'stats', 'leaks', 'diff', 'report', 'export'].map((verb) => `fleet ${verb}`),
] as const;
/** Inside the repository, so that `node-tracemalloc` is the package itself. */
const SNIPPETS = repoPath('dist/docs-examples');
/** Holds what the examples write into the system's temporary folder. */
const TEMPORARY = mkdtempSync(join(tmpdir(), 'docs-test-'));
/** Of one program. A hang costs this. */
const TIME_LIMIT_MS = 50_000;
/** Of all programs that a group of tests starts together: on a busy machine they take minutes of the clock, though seconds of the processor. */
const GROUP_TIME_LIMIT_MS = 180_000;

const pages = ['README.md', ...readdirSync(repoPath('docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name))]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(repoPath(name), 'utf8') }));

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: ExecFileException['code'] | 0;
}

/** Never rejects, so that programs that run beside each other all have an outcome. */
function run(...args: readonly string[]): Promise<Outcome> {
  const options = { cwd: repoPath(), timeout: TIME_LIMIT_MS, env: { ...process.env, TMPDIR: TEMPORARY } };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ stdout, stderr, code: error ? (error.code ?? null) : 0 }),
    );
  });
}

/** One outcome for each list of arguments, as many at a time as there are cores. */
async function runAll(commands: readonly (readonly string[])[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const rest = [...commands.entries()];
  const worker = async (): Promise<void> => {
    for (let next = rest.shift(); next; next = rest.shift()) outcomes[next[0]] = await run(...next[1]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return outcomes;
}

afterAll(() => rmSync(TEMPORARY, { recursive: true, force: true }));

function page(name: string): string {
  const found = pages.find((one) => one.name === join(...name.split('/')));
  if (!found) throw new Error(`there is no ${name}`);
  return found.text;
}

/** What is written as code: `Name`, `name(…)`, `tracer.name(…)`. */
function wordsOf(text: string): Set<string> {
  return new Set([...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) => code!.match(/[A-Za-z_]\w*/g) ?? []));
}

/** The names that a door exports, types too. */
function exportsOf(door: string): string[] {
  const lists = [...readFileSync(repoPath(door), 'utf8').matchAll(/\{([^}]*)\}/g)];
  return lists.flatMap(([, list]) => list!.split(',').map((name) => name.replace(/\btype\b/, '').trim())).filter((name) => name !== '');
}

describe('docs/reference/api.md', () => {
  const text = page('docs/reference/api.md');
  const words = wordsOf(text);

  it('names every export, types too', () => {
    expect(exportsOf('src/index.ts').filter((name) => !words.has(name))).toEqual([]);
  });

  it('names every export of node-tracemalloc/store, types too', () => {
    expect(exportsOf('src/store/open/index.ts').filter((name) => !words.has(name))).toEqual([]);
  });

  it('names every field of what is exported as an interface', () => {
    const exported = [...readFileSync(repoPath('src/index.ts'), 'utf8').matchAll(/\{[^}]*\} from '\.\/(.+)\.js'/g)];
    const fields = exported.flatMap(([line, path]) => {
      const names = wordsOf(`\`${line}\``);
      const interfaces = readFileSync(repoPath(`src/${path}.ts`), 'utf8').matchAll(/^export interface (\w+).*\{\n([\s\S]*?)^\}/gm);
      const bodies = [...interfaces].filter(([, name]) => names.has(name!)).map(([, , body]) => body!);
      return bodies.flatMap((body) => [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, field]) => field!));
    });
    expect(fields).toContain('nframe');
    expect(fields.filter((field) => !words.has(field))).toEqual([]);
  });

  it.each(Object.entries(door).filter(([, value]) => /^class /.test(String(value))))('names every member of %s', (_name, type) => {
    const own = type as { prototype: object };
    const names = [...Object.getOwnPropertyNames(own.prototype), ...Object.getOwnPropertyNames(own)];
    const hidden = ['constructor', 'length', 'name', 'prototype', 'label', 'averageText', 'takeLastSnapshot', 'circumstances', 'letGo']; // protected ones among them
    expect(names.filter((name) => !hidden.includes(name) && !words.has(name))).toEqual([]);
  });
});

describe('docs/reference/testing.md', () => {
  const words = wordsOf(page('docs/reference/testing.md'));

  it('names every export, types too', () => {
    expect(exportsOf('src/testing/index.ts').filter((name) => !words.has(name))).toEqual([]);
  });

  it('names every option', () => {
    const fields = [
      ...readFileSync(repoPath('src/testing/growth-options.ts'), 'utf8').matchAll(
        /^export interface GrowthTestOptions \{\n([\s\S]*?)^\}/gm,
      ),
    ];
    const options = fields.flatMap(([, body]) => [...body!.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, field]) => field!));
    expect(options).toContain('rounds');
    expect(options.filter((option) => !words.has(option))).toEqual([]);
  });
});

describe('docs/reference/formats.md', () => {
  const text = page('docs/reference/formats.md');

  it('names every export, types too', () => {
    expect(exportsOf('src/formats/index.ts').filter((name) => !wordsOf(text).has(name))).toEqual([]);
  });

  it('has a row for each format, with all its extensions', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('|'));
    for (const { name, extensions } of FORMATS) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\` `));
      expect(extensions.filter((extension) => !row?.includes(`\`${extension}\``))).toEqual([]);
    }
  });
});

describe('docs/reference/cli.md', () => {
  /** What `--help` prints: of the command as a whole, and of each verb. */
  const help = new Map<string, string>();
  beforeAll(async () => {
    const verbs = ['', ...COMMANDS];
    const outcomes = [];
    for (const verb of verbs) outcomes.push(await callCommand(verb === '' ? ['--help'] : [...verb.split(' '), '--help']));
    for (const [index, verb] of verbs.entries()) help.set(verb, outcomes[index]!.stdout);
  }, GROUP_TIME_LIMIT_MS);

  /** The rows `| `--option` … |` of every section whose heading names the command. */
  function documented(command: string): string[] {
    const sections = page('docs/reference/cli.md').split(/^(?=##+ )/m);
    return sections
      .filter((section) => section.slice(0, section.indexOf('\n')).includes(`\`${command}\``))
      .flatMap((section) => [...section.matchAll(/^\| `(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option!));
  }

  it.each(COMMANDS)('lists the options of %s, and no others', (command) => {
    const options = [...help.get(command)!.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option!);
    expect(documented(command).sort()).toEqual(options.sort());
  });

  it('describes every command', () => {
    const commands = [...help.get('')!.matchAll(/^ {2}([a-z]+) (?:\[| )/gm)].map(([, name]) => name!).filter((name) => name !== 'help');
    const verbs = new Set(COMMANDS.map((command) => command.split(' ')[0]!));
    expect(commands.sort()).toEqual([...verbs].sort());
  });
});

describe('docs/reference/errors.md', () => {
  const types = Object.values(door).filter(
    (value): value is typeof door.TracemallocError =>
      value === door.TracemallocError || Object.getPrototypeOf(value) === door.TracemallocError,
  );

  it.each(types)('gives code and exit code of %p', (type) => {
    const { name, code, exitCode } = new type('');
    const rows = page('docs/reference/errors.md').split('\n');
    expect(rows.filter((row) => new RegExp(`^\\| \`${name}\` +\\| \`${code}\` +\\| +${exitCode} `).test(row))).toHaveLength(1);
  });
});

describe('docs/reference/metrics.md', () => {
  it('names every metric, and no others', () => {
    const inCode = [...readFileSync(repoPath('src/serve/metrics.ts'), 'utf8').matchAll(/'(tracemalloc_\w+)'/g)].map(([, name]) => name!);
    const onPage = [...page('docs/reference/metrics.md').matchAll(/^\| `(tracemalloc_\w+?)(?:_count|_sum)?[`{]/gm)].map(
      ([, name]) => name!,
    );
    expect(new Set(onPage)).toEqual(new Set(inCode));
  });
});

describe('links between pages', () => {
  it.each(pages)('$name', ({ name, text }) => {
    const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!).filter((target) => !/^[a-z]+:/.test(target));
    expect(targets.filter((target) => !leadsSomewhere(repoPath(name), target))).toEqual([]);
  });
});

function leadsSomewhere(from: string, target: string): boolean {
  const [path, anchor] = target.split('#');
  const file = path === '' ? from : join(dirname(from), path!);
  if (!existsSync(file)) return false;
  return anchor === undefined || anchorsOf(file).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Blocks marked `js run`, each with the output that a block marked `text output` right behind it promises. */
const snippets = pages.flatMap(({ name, text }) =>
  [...text.matchAll(/^```js run\n([\s\S]*?)^```\n(?:\n```text output\n([\s\S]*?)^```)?/gm)].map(([, code, output], index) => ({
    name: `${name} ${index + 1}`,
    file: join(SNIPPETS, `${relative('docs', name).replaceAll(/[^\w]+/g, '-')}-${index + 1}.mjs`),
    code: code!,
    output,
  })),
);

/** The programs on the page about accuracy allocate much: they take half of the time. */
const isShort = ({ name }: { readonly name: string }) => !name.startsWith(join('docs', 'accuracy.md'));

describe.each([
  { title: 'code on the pages', programs: snippets.filter(isShort) },
  { title: 'code on the page about accuracy (long)', programs: snippets.filter((snippet) => !isShort(snippet)) },
])('$title', ({ programs }) => {
  let outcomes: Outcome[];
  beforeAll(async () => {
    mkdirSync(SNIPPETS, { recursive: true });
    for (const { file, code } of programs) writeFileSync(file, code);
    outcomes = await runAll(programs.map(({ file }) => [file]));
  }, GROUP_TIME_LIMIT_MS);
  afterAll(() => rmSync(SNIPPETS, { recursive: true, force: true }));

  it.each(programs.map((snippet, index) => ({ ...snippet, index })))('$name runs', ({ index, output }) => {
    const { code, stdout, stderr } = outcomes[index]!;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    if (output !== undefined) expect(stdout).toBe(output);
  });
});

describe('docs/examples (long)', () => {
  const FOLDER = 'docs/examples';
  const programs = readdirSync(repoPath(FOLDER)).filter((name) => name.endsWith('.mjs'));
  let outcomes: Outcome[];
  let tooMuch: Outcome;
  beforeAll(async () => {
    const all = [...programs.map((name) => [name]), ['ci-peak.mjs', repoPath(FOLDER, 'programs/build.cjs'), '1000']];
    outcomes = await runAll(all.map(([name, ...args]) => [repoPath(FOLDER, name!), ...args]));
    tooMuch = outcomes.pop()!;
  }, GROUP_TIME_LIMIT_MS);

  it('are all on their page', () => {
    const titles = [...page(`${FOLDER}/README.md`).matchAll(/^## (.+\.mjs)$/gm)].map(([, title]) => title!);
    expect(titles.sort()).toEqual(programs.toSorted());
  });

  it.each(programs.map((name, index) => ({ name, index })))('$name prints what the page says, but for numbers', ({ name, index }) => {
    const { code, stdout, stderr } = outcomes[index]!;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    const section = page(`${FOLDER}/README.md`).split(`## ${name}\n`)[1]!;
    const promised = /^```text\n([\s\S]*?)^```/m.exec(section)![1]!;
    expect(withoutNumbers(stdout.replaceAll(TEMPORARY, '/tmp'))).toBe(withoutNumbers(promised));
  });

  it('ci-peak.mjs fails above its limit', () => {
    expect(tooMuch.code).toBe(1);
    expect(tooMuch.stdout).toContain('makeIndex');
  });

  it.each(programs)('%s is short', (name) => {
    expect(readFileSync(repoPath(FOLDER, name), 'utf8').split('\n').length).toBeLessThanOrEqual(40);
  });
});

function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+(\.\d+)?/g, '0').replaceAll(/\b0 [KM]iB\b/g, '0 B');
}

describe('docs/decisions/README.md', () => {
  const rows = page('docs/decisions/README.md')
    .split('\n')
    .filter((line) => line.startsWith('| ['));

  it('has every decision, once, with its date and status', () => {
    const names = readdirSync(repoPath('docs/decisions')).filter((name) => name !== 'README.md');
    const listed = rows.map((row) => /^\| \[([\w-]+)\]\(\1\.md\) +\| .+ \| \d{4}-\d\d-\d\d \| (?:accepted|superseded) +\|$/.exec(row)?.[1]);
    expect(listed).toEqual(names.map((name) => basename(name, '.md')).sort());
  });
});

describe('docs/changelog.md', () => {
  it('has the version of the package, and what is not yet released first', () => {
    const { version } = JSON.parse(readFileSync(repoPath('package.json'), 'utf8')) as { version: string };
    const versions = [...page('docs/changelog.md').matchAll(/^## (.+)$/gm)].map(([, title]) => title!);
    expect(versions.slice(0, 2)).toEqual(['Unreleased', version]);
  });
});

describe('docs/contributing.md', () => {
  const text = page('docs/contributing.md');

  it('names files of src that exist', () => {
    const layers = readdirSync(repoPath('src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const named = [...text.matchAll(/`((?:test\/)?([\w-]+)\/[\w/.-]+)`/g)].filter(
      ([, path, first]) => path!.startsWith('test/') || layers.includes(first!),
    );
    const paths = named.map(([, path]) => (path!.startsWith('test/') ? path! : `src/${path}`));
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(repoPath(path)))).toEqual([]);
  });

  it('has no script that npm warns of when the package is installed', () => {
    const { scripts } = JSON.parse(readFileSync(repoPath('package.json'), 'utf8')) as { scripts: Record<string, string> };
    expect(['preinstall', 'install', 'postinstall', 'prepublish', 'prepare'].filter((name) => name in scripts)).toEqual([]);
  });

  it('names scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(repoPath('package.json'), 'utf8')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm (?:run ([\w:]+)|(test)\b)/g)].map(([, script, test]) => script ?? test!);
    expect(named.length).toBeGreaterThan(5);
    expect(new Set(named.filter((name) => !(name in scripts)))).toEqual(new Set());
  });
});

/** Fixed parts of what the command prints, as the pages quote it. */
const QUOTED = [
  ['README.md', 'lines are where functions start'],
  [
    'docs/guide/find-a-leak.md',
    'Counts and averages are rough at this interval, sizes are not: the default interval tells block sizes apart.',
  ],
  ['docs/guide/find-a-leak.md', 'sampling alone may make such a change'],
  ['docs/guide/find-a-leak.md', 'the program came to its heap limit; what follows is what was alive then'],
  ['docs/guide/objects.md', 'JavaScript is always on the stack'],
  ['docs/guide/safety.md', 'V8 has only one sampler; stop the other tool first, or take over with force (--take-over)'],
  ['docs/guide/source-maps.md', 'it names impossible places, which are left out'],
  ['docs/guide/source-maps.md', 'matches a file of the snapshot'],
  ['docs/guide/threads-and-processes.md', '; what follows is '],
  [
    'docs/guide/true-lines.md',
    'so that every line that allocates has its own bytes, and switching inlining off; both are put back when we leave',
  ],
  ['docs/guide/true-lines.md', 'stays at the precision of functions'],
  ['docs/guide/watch-live.md', 'g grouping  o own code  s sort  / filter  f freeze  w save  ? help  q quit'],
] as const;

describe('quoted output', () => {
  const sources = readdirSync(repoPath('src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(repoPath('src', name), 'utf8'));

  it.each(QUOTED)('%s: %s', (name, text) => {
    expect(page(name)).toContain(text);
    expect(sources.some((source) => source.includes(text))).toBe(true);
  });
});

/** The turns of phrase that docs/contributing.md rules out; that page quotes them. */
const RULED_OUT = [/\bthat (?:is|are|was|were) there\b/, /\bof ours\b/, /\bin place of\b/, /\ball the same\b/];

describe('words', () => {
  it.each(pages.filter(({ name }) => name !== 'docs/contributing.md'))('$name has none of those that are ruled out', ({ text }) => {
    const prose = text.replace(/^```[\s\S]*?^```/gm, '');
    const lines = prose.split('\n').filter((line) => RULED_OUT.some((pattern) => pattern.test(line)));
    expect(lines).toEqual([]);
  });
});
