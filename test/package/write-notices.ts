import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const LICENCE_FILE = /^(?:(?:un)?licen[cs]e|copying)\b/i;
/** Apache's licence asks to pass it on, too. */
const NOTICE_FILE = /^notice\b/i;

/** The folders of all packages that gave code to the bundles, relative to the folder where esbuild ran. */
function bundledPackages(metafiles: string): string[] {
  const folders = new Set<string>();
  for (const name of readdirSync(metafiles)) {
    const { outputs } = JSON.parse(readFileSync(join(metafiles, name), 'utf8')) as Metafile;
    for (const [file, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))) {
      const folder = PACKAGE_FOLDER.exec(file)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  return [...folders].sort();
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${folder}/package.json names no licence, and a bundle has code of the package`);
  const files = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  const licences = files.filter((file) => LICENCE_FILE.test(file));
  if (licences.length === 0) throw new Error(`${folder} has no licence file, and a bundle has code of the package`);
  const texts = [...licences, ...files.filter((file) => NOTICE_FILE.test(file))].map((file) => readFileSync(join(folder, file), 'utf8'));
  return [`${name} ${version}`, `Licence: ${license}`, ...texts.map((text) => text.trim())].join('\n\n');
}

/** `write-notices METAFILES OUTPUT`: writes the notices of all packages that the metafiles of esbuild name. */
const [metafiles, output] = process.argv.slice(2) as [string, string];
try {
  const head = 'Bundled files of node-tracemalloc contain code of the following packages.';
  writeFileSync(output, `${[head, ...bundledPackages(metafiles).map(notice)].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
} catch (error) {
  process.stderr.write(`third-party notices: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
