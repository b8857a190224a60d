import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FORMATS } from '../src/formats/index.js';
import * as door from '../src/index.js';
import { repoPath } from './helpers/paths.js';

const COMMANDS = ['run', 'attach', 'top', 'serve', 'stats', 'diff', 'export', 'report', 'list'] as const;
/** Inside the repository, so that `node-tracemalloc` is the package itself. */
const EXAMPLES = repoPath('dist/docs-examples');

const run = promisify(execFile);
const pages = ['README.md', ...readdirSync(repoPath('docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name))]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(repoPath(name), 'utf8') }));

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
  /** The rows `| `--option` … |` of every section whose heading names the command. */
  function documented(command: string): string[] {
    const sections = page('docs/reference/cli.md').split(/^(?=##+ )/m);
    return sections
      .filter((section) => section.slice(0, section.indexOf('\n')).includes(`\`${command}\``))
      .flatMap((section) => [...section.matchAll(/^\| `(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option!));
  }

  it.each(COMMANDS)('lists the options of %s, and no others', async (command) => {
    const { stdout } = await run(process.execPath, [repoPath('dist/src/cli/bin.js'), command, '--help']);
    const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option!);
    expect(documented(command).sort()).toEqual(options.sort());
  });

  it('describes every command', async () => {
    const { stdout } = await run(process.execPath, [repoPath('dist/src/cli/bin.js'), '--help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) \[/gm)].map(([, name]) => name!).filter((name) => name !== 'help');
    expect(commands.sort()).toEqual([...COMMANDS].sort());
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
const examples = pages.flatMap(({ name, text }) =>
  [...text.matchAll(/^```js run\n([\s\S]*?)^```\n(?:\n```text output\n([\s\S]*?)^```)?/gm)].map(([, code, output], index) => ({
    name: `${name} ${index + 1}`,
    file: join(EXAMPLES, `${relative('docs', name).replaceAll(/[^\w]+/g, '-')}-${index + 1}.mjs`),
    code: code!,
    output,
  })),
);

describe('examples', () => {
  beforeAll(() => {
    mkdirSync(EXAMPLES, { recursive: true });
  });
  afterAll(() => rmSync(EXAMPLES, { recursive: true, force: true }));

  it.each(examples)('$name runs', async ({ file, code, output }) => {
    writeFileSync(file, code);
    const { stdout } = await run(process.execPath, [file], { cwd: repoPath(), timeout: 50_000 });
    if (output !== undefined) expect(stdout).toBe(output);
  });
});
