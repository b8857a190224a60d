import { accessSync, constants, existsSync, lstatSync, readdirSync, realpathSync, rmSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { OutputFileError, SnapshotFileError, UsageError } from '../../errors.js';
import { SYSTEM_LINK, writeFailureReason, writeFile } from '../../snapshot/file/atomic-write.js';
import { printable } from '../../text/printable.js';
import { type Console, writeLines } from '../console/console.js';

/** For commands that write a file whose name the user gives. */
export interface OutputValues {
  readonly force: boolean;
}

interface Writing {
  readonly done: string;
  readonly console: Console;
}

/** The output name that means stdout in `export` and `report`. */
export const STDOUT = '-';

/** Names of further files that a command writes. Each pattern matches the part after the output's own name: `/^\.\d+$/` for FILE.1. */
export type DerivedNames = readonly RegExp[];

/** A message names at most this many existing files. */
const MOST_NAMES = 3;

export function addForceOption(command: Command): Command {
  return command.option('--force', 'replace existing files that have the name of the output', false);
}

/**
 * Makes sure, before the work begins, that a result may be written to `path`: existing files are replaced only with `force`, or when
 * the user says so at a terminal. What is no file (a device, a pipe) is written to as it is.
 *
 * @returns the name to write to. A link that exists now is followed now. One that is put there later is replaced, because nobody has agreed to lose
 * what it points to.
 * @throws OutputFileError
 * @throws UsageError for an empty name, and for `-`: a command that can write to stdout does not call this for it
 */
export async function claimOutput(path: string, { force }: OutputValues, console: Console, derived: DerivedNames = []): Promise<string> {
  if (path === '') throw new UsageError('the name of the output is empty; name a file');
  if (path === STDOUT) throw new UsageError('a snapshot cannot go to stdout; name a file (./- for one that is called -)');
  checkPlace(path);
  const existing = force ? [] : filesAt(path, derived);
  if (existing.length === 0) return withoutLink(path);
  const state = `${listed(existing)} already ${existing.length === 1 ? 'exists' : 'exist'}`;
  const [it, name] = existing.length === 1 ? ['it', 'name'] : ['them', 'name for the output'];
  if (process.stdin.isTTY && console.err.isTTY && (await isConfirmed(`${printable(state)}. Replace ${it}? [y/N] `, console)))
    return withoutLink(path);
  throw new OutputFileError(`${state}; choose another ${name}, or replace ${it} with --force`);
}

/**
 * Call it when the output is claimed, so that the user has agreed to lose the existing files beside it.
 *
 * @returns call it when all is written. It removes those that were not replaced: otherwise FILE.5 of an earlier call would stand beside FILE.1 to
 *   FILE.3 of this one
 */
export function formerFiles(path: string, derived: DerivedNames): () => void {
  const beside = filesAt(path, derived).filter((file) => file !== path);
  const former = beside.map((file) => ({ file, was: found(file) }));
  return () => {
    for (const { file, was } of former) {
      const is = found(file);
      if (is?.ino === was?.ino && is?.mtimeMs === was?.mtimeMs) rmSync(file, { force: true });
    }
  };
}

/** The first of `name(1)`, `name(2)`, … that replaces no file. */
export function freeName(name: (n: number) => string, derived: DerivedNames = []): string {
  let n = 1;
  while (existsSync(name(n)) || filesAt(name(n), derived).length > 0) n++;
  return name(n);
}

/** Writes a result to a file, whole or not at all, or to stdout. Says `done` and the name of the file. @throws OutputFileError */
export async function writeOutput(path: string, parts: Iterable<Uint8Array>, { done, console }: Writing): Promise<void> {
  if (path === STDOUT) return await writeAll(console.out, parts);
  try {
    writeFile(path, parts, { followLinks: false });
  } catch (error) {
    throw error instanceof SnapshotFileError ? new OutputFileError(error.message, { cause: error }) : error;
  }
  writeLines(console.err, [`${done} ${printable(path)}`]);
}

/** Writes no faster than the reader reads. Stops if a write fails; bin.ts reports that, unless the reader has closed the pipe (EPIPE). */
async function writeAll(stream: NodeJS.WritableStream, parts: Iterable<Uint8Array>): Promise<void> {
  for (const part of parts) {
    const failed = await new Promise<unknown>((resolve) => stream.write(part, resolve));
    if (failed) return;
  }
}

/** @throws OutputFileError if the file cannot be written */
function checkPlace(path: string): void {
  try {
    const existing = found(path);
    if (existing?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    if (!existing || existing.isFile()) accessSync(dirname(existing ? realpathSync(path) : path), constants.W_OK);
  } catch (cause) {
    throw new OutputFileError(`cannot write ${path}: ${writeFailureReason(cause)}`, { cause });
  }
}

function withoutLink(path: string): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
  return isLink && existsSync(path) && !SYSTEM_LINK.test(path) ? realpathSync(path) : path;
}

function found(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** The files that a command with this output would replace. */
function filesAt(path: string, derived: DerivedNames): string[] {
  const own = basename(path);
  const isDerived = (name: string) => name.startsWith(own) && derived.some((pattern) => pattern.test(name.slice(own.length)));
  const beside = derived.length === 0 ? [] : readdirSync(dirname(path)).filter(isDerived).sort();
  return [path, ...beside.map((name) => join(dirname(path), name))].filter((file) => found(file)?.isFile());
}

function listed(files: readonly string[]): string {
  const rest = files.length - MOST_NAMES;
  return [...files.slice(0, MOST_NAMES), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

/** The end of the input, or a Ctrl-C, counts as no. */
async function isConfirmed(question: string, { err }: Console): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: err });
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const answer = await Promise.race([terminal.question(question), closed]);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
