import { resolve } from 'node:path';
import { isFile, mainFile } from '../../discovery/main-file.js';
import { printable } from '../../text/printable.js';
import { findCommand, startsItself } from '../../tracing/launch/find-command.js';
import { runsFile, scriptStart } from '../../tracing/launch/script-check.js';
import { type Console, writeLines } from '../console/console.js';

/** What `run` starts. */
export interface WhatToRun {
  /** A script of node, or the path of an executable. */
  readonly file: string;
  readonly args: readonly string[];
  readonly isCommand: boolean;
}

interface Choice {
  /** The words are a line for the shell. */
  readonly shell: boolean;
  readonly nodeArg: readonly string[];
}

const SHELL = '/bin/sh';

/** A word that names a file for node is a script. Otherwise it is a command, if there is one of this name. Says so if it may be both. */
export function whatToRun([name = '', ...args]: readonly string[], { shell, nodeArg }: Choice, { cwd, err }: Console): WhatToRun {
  if (shell) return { file: SHELL, args: ['-c', [name, ...args].join(' ')], isCommand: true };
  const script: WhatToRun = { file: name, args, isCommand: false };
  if (!runsFile(scriptStart(name, { cwd, execArgv: nodeArg }))) return script;
  const path = resolve(cwd, name);
  const main = mainFile(path);
  const found = name.includes('/') ? null : findCommand(name, { cwd, PATH: process.env.PATH });
  if (!isFile(main)) return found === null ? script : { file: found, args, isCommand: true };
  if (startsItself(main)) return { file: main, args, isCommand: true };
  if (found !== null)
    writeLines(err, [`${printable(name)} is a file here, and a command, too: the file is run; for the command write ${printable(found)}`]);
  return script;
}
