import type { Command } from 'commander';
import type { Console } from './console/console.js';

/** @returns the exit code */
type Run<Values> = (args: readonly string[], values: Values, console: Console) => Promise<number>;

/** What a module of `commands/` exports. */
interface VerbModule {
  /** Adds the options and the examples to the verb's command. */
  readonly configure: (command: Command) => Command;
  /** Values are as the verb's own options declare them, and those of BehindDashes. */
  readonly run: Run<never>;
}

export type Verb = SimpleVerb | VerbGroup;

interface NamedVerb {
  readonly name: string;
  /** The heading in `--help`. */
  readonly group: string;
  readonly description: string;
}

/** A verb of several, each with a second word of its own: `fleet push`. */
export interface VerbGroup extends NamedVerb {
  readonly verbs: readonly SimpleVerb[];
}

export interface SimpleVerb extends NamedVerb {
  /** Each as commander writes it (`<needed>`, `[optional]`, `[several...]`), with its description. */
  readonly args: readonly (readonly [syntax: string, description: string])[];
  readonly load: () => Promise<VerbModule>;
}

const TARGET = [
  '[target]',
  'a running process: its pid, the name of its script (src/server.ts), or where its inspector is: a port, host:port, or a ws:// or http:// address',
] as const;
const FILE = [
  '<file>',
  'a .tmsnap file, a .tmseries file (its last round, or round 2 as FILE@2), a .heapprofile file of Chrome or Node, or a .heapsnapshot or .heaptimeline file',
] as const;

const STORE = ['<store>', 'where the profiles are: folder:DIR, or a ClickHouse: http://HOST:8123/DATABASE'] as const;

/** The verbs of `tracemalloc fleet`. */
const FLEET: readonly SimpleVerb[] = [
  {
    name: 'init',
    group: 'Record:',
    description: 'create the tables for profiles in a ClickHouse; a folder needs none',
    args: [['<store>', 'the ClickHouse: http://HOST:8123/DATABASE. User and password come from the environment']],
    load: async () => (await import('./commands/on-files.js')).fleet.init,
  },
  {
    name: 'push',
    group: 'Record:',
    description: 'put saved snapshots into a store; the same one twice counts once',
    args: [STORE, ['<files...>', '.tmsnap, .tmseries (each round is a profile) and .heapprofile files']],
    load: async () => (await import('./commands/on-files.js')).fleet.push,
  },
  {
    name: 'stats',
    group: 'Look:',
    description:
      'print which lines hold the memory of a service: bytes a process, how much they differ between processes, how many have it',
    args: [STORE],
    load: async () => (await import('./commands/on-files.js')).fleet.stats,
  },
  {
    name: 'leaks',
    group: 'Look:',
    description: 'say which lines grow over the uptime of the processes, on which release, and in how many of them',
    args: [STORE],
    load: async () => (await import('./commands/on-files.js')).fleet.leaks,
  },
  {
    name: 'diff',
    group: 'Compare:',
    description: 'print what one release holds more or less than another, a process, the surest change first',
    args: [STORE],
    load: async () => (await import('./commands/on-files.js')).fleet.diff,
  },
  {
    name: 'report',
    group: 'Share:',
    description: 'make an HTML page of a service: bytes a process over time by release, what grows, and a flame graph',
    args: [STORE],
    load: async () => (await import('./commands/on-files.js')).fleet.report,
  },
  {
    name: 'export',
    group: 'Share:',
    description: 'write the newest profiles of all processes together as one .tmsnap, for report, export and stats',
    args: [STORE],
    load: async () => (await import('./commands/on-files.js')).fleet.export,
  },
];

/** Everything that `tracemalloc --help` says about the verbs. The code of a verb is loaded only if the command line names it. */
export const VERBS: readonly Verb[] = [
  {
    name: 'run',
    group: 'Record:',
    description: 'run a program and trace it; when it ends, print which lines hold its memory, and save a snapshot',
    args: [
      ['<program>', 'a script of node, or a command: npm start'],
      ['[args...]', 'its arguments'],
    ],
    load: async () => (await import('./commands/on-processes.js')).run,
  },
  {
    name: 'attach',
    group: 'Record:',
    description: 'trace a running process for a while, then print which lines hold its memory; Ctrl-C stops tracing early',
    args: [TARGET],
    load: async () => (await import('./commands/on-processes.js')).attach,
  },
  {
    name: 'leaks',
    group: 'Look:',
    description: 'take several snapshots of a process and say which lines leak; ends with 3 if one does. A program to start comes after --',
    args: [TARGET, ['[args...]', 'with --: a script or a command to start, and its arguments']],
    load: async () => (await import('./commands/on-processes.js')).leaks,
  },
  {
    name: 'why',
    group: 'Look:',
    description: 'say what keeps objects alive: the paths that hold them, and how much each holds',
    args: [
      ['[target]', `${TARGET[1]}; or a .heapsnapshot or .heaptimeline file. Leave it out with --pid or --port`],
      ['[what]', 'an object (@id), a type (Session), a place (app.js:15: what was allocated there), or an expression (global.cache)'],
    ],
    load: async () => (await import('./commands/on-processes.js')).why,
  },
  {
    name: 'memory',
    group: 'Look:',
    description: 'say what the resident memory of a process consists of: heaps, Buffers, libraries, stacks, and the rest',
    args: [TARGET],
    load: async () => (await import('./commands/on-processes.js')).memory,
  },
  {
    name: 'stats',
    group: 'Look:',
    description: 'print which lines hold the memory in a saved snapshot',
    args: [FILE],
    load: async () => (await import('./commands/on-files.js')).stats,
  },
  {
    name: 'top',
    group: 'Look:',
    description: 'show live which lines of a running process hold its memory; q or Ctrl-C quits',
    args: [TARGET],
    load: async () => (await import('./commands/on-processes.js')).top,
  },
  {
    name: 'list',
    group: 'Look:',
    description: 'list the Node processes on this machine and the ports of their inspectors',
    args: [],
    load: async () => (await import('./commands/on-processes.js')).list,
  },
  {
    name: 'diff',
    group: 'Compare:',
    description: 'print what changed between two saved snapshots',
    args: [
      ['<old>', 'the earlier file, or alone a .tmseries file: its first round after the warm-up is compared with the last'],
      ['[new]', 'the later file'],
    ],
    load: async () => (await import('./commands/on-files.js')).diff,
  },
  {
    name: 'report',
    group: 'Share:',
    description: 'make an HTML page of a saved snapshot, with a flame graph and a table',
    args: [FILE],
    load: async () => (await import('./commands/on-files.js')).report,
  },
  {
    name: 'export',
    group: 'Share:',
    description: "write a saved snapshot, or its change since an earlier one, in another tool's format",
    args: [FILE],
    load: async () => (await import('./commands/on-files.js')).export,
  },
  {
    name: 'serve',
    group: 'Share:',
    description:
      'trace a running process until Ctrl-C, and serve its memory over HTTP to continuous profilers, go tool pprof and Prometheus',
    args: [TARGET],
    load: async () => (await import('./commands/on-processes.js')).serve,
  },
  {
    name: 'mcp',
    group: 'Share:',
    description: 'answer a coding agent: a server of the Model Context Protocol on stdin and stdout',
    args: [],
    load: async () => (await import('./commands/on-processes.js')).mcp,
  },
  {
    name: 'fleet',
    group: 'Many processes:',
    description: 'the same questions for all processes of a service, from a store of their profiles',
    verbs: FLEET,
  },
];

/** The verb that a command line asks for, or asks for help with. */
export function verbIn(argv: readonly string[]): SimpleVerb | undefined {
  const words = argv.filter((word) => !word.startsWith('-') && word !== 'help');
  const verb = VERBS.find(({ name }) => name === words[0]);
  return verb && 'verbs' in verb ? verb.verbs.find(({ name }) => name === words[1]) : verb;
}
