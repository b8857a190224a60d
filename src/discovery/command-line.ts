import { basename } from 'node:path';

/** What the command line of a Node process says, in the process's own terms: paths are relative to its working directory. */
export interface CommandLine {
  /** null: the program is code, a test run, or the like, or the process has replaced its command line by a title. */
  readonly script: string | null;
  /** What follows the script. Without a script: all that follows node. */
  readonly args: readonly string[];
  /** A program that runs others instead of being the one that is meant: `npm`, `node --watch`; null for all others. */
  readonly launcher: string | null;
  /** For people: the script and its arguments without the options of node, or the title. */
  readonly title: string;
}

/** Options whose value may be the next word, in some version from Node 18 to 26. The word after any other option is the script. */
const WITH_VALUE = new Set(
  `-C -e -p -pe -r --allow-fs-read --allow-fs-write --bench-isolation --bench-name-pattern --bench-reporter --bench-reporter-destination
  --bench-samples --bench-warmup --build-sea --build-snapshot-config --conditions --cpu-prof-dir --cpu-prof-interval --cpu-prof-name --debug-port
  --diagnostic-dir --disable-proto --disable-warning --dns-result-order --env-file --env-file-if-exists --es-module-specifier-resolution --eval
  --experimental-config-file --experimental-default-type --experimental-loader --experimental-package-map --experimental-policy
  --experimental-sea-config --experimental-specifier-resolution --experimental-test-isolation --experimental-test-tag-filter --heap-prof-dir
  --heap-prof-interval --heap-prof-name --heapsnapshot-near-heap-limit --heapsnapshot-signal --icu-data-dir --import --input-type --inspect-port
  --inspect-publish-uid --loader --localstorage-file --max-http-header-size --max-old-space-size-percentage
  --network-family-autoselection-attempt-timeout --openssl-config --policy-integrity --print --redirect-warnings --report-dir --report-directory
  --report-filename --report-signal --require --run --secure-heap --secure-heap-min --security-revert --security-reverts --snapshot-blob
  --stack-trace-limit --test-concurrency --test-coverage-branches --test-coverage-exclude --test-coverage-functions --test-coverage-include
  --test-coverage-lines --test-global-setup --test-isolation --test-name-pattern --test-random-seed --test-reporter --test-reporter-destination
  --test-rerun-failures --test-shard --test-skip-pattern --test-timeout --title --tls-cipher-list --tls-keylog --trace-event-categories
  --trace-event-file-pattern --trace-require-module --unhandled-rejections --use-largepages --v8-pool-size --vfs-load --vfs-mount
  --watch-kill-signal --watch-path`.split(/\s+/),
);

const CODE = /^(?:-e|-p|-pe|--eval|--print)$/;
/** Each starts the program in a child process. `--test` names its files as arguments. */
const LAUNCHING = /^--(?:watch|watch-path|test|run)$/;
/** How a package manager's own file or its title begins. */
const MANAGER = /^(npm|npx|yarn|yarnpkg|pnpm|pnpx|corepack)(?:-cli)?(?:-\d[\w.-]*)?(?:\.[cm]?js)?$/;

/** @param argv `process.argv0`, the options of node, the script and its arguments; or one word, the title that replaced them */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const words = titleWords(argv);
  if (words === null) return titled(argv[0] ?? '');
  const { script, args, code, launching } = separated(words);
  const launcher = launching === null ? managerOf(script) : `node ${launching}`;
  const name = basename(words[0] ?? '');
  if (script !== null && launching === null) return { script, args, launcher, title: titleOf(launcher ?? script, args) };
  const own = code ?? args;
  return { script, args, launcher, title: titleOf(name, launching === null ? own : words.slice(1)) };
}

/** Of a single executable application, whose script is in the executable. */
export function packedCommandLine(argv: readonly string[]): CommandLine {
  const [name = '', ...args] = argv;
  return { script: null, args, launcher: null, title: titleOf(name, args) };
}

/** null for a title of the program's own. pm2 gives its programs the title `node /path/of/script.js`. */
function titleWords(argv: readonly string[]): readonly string[] | null {
  const [first = ''] = argv;
  const words = first.split(' ');
  if (argv.length > 1) return argv;
  return isNode(words[0]!) ? words : null;
}

/** Whether the path or name of an executable is Node's: `node`, `nodejs`, `/usr/bin/node-20`. */
export function isNode(executable: string): boolean {
  return /^node(js)?(\d|\b)/.test(basename(executable));
}

/** The package manager that a title begins with: `npm exec tsx server.ts`. */
export function managerIn(title: string): string | null {
  return MANAGER.exec(title.split(' ')[0]!)?.[1] ?? null;
}

function titled(title: string): CommandLine {
  return { script: null, args: [], launcher: managerIn(title), title };
}

interface Separated {
  readonly script: string | null;
  readonly args: readonly string[];
  /** The words of `-e CODE`, if there are any. */
  readonly code: readonly string[] | null;
  readonly launching: string | null;
}

/** Tells node's own options from the script and its arguments, as Node's parser does. */
function separated(words: readonly string[]): Separated {
  let code: readonly string[] | null = null;
  let launching: string | null = null;
  let at = 1;
  for (; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--' || word === '-' || !word.startsWith('-')) break;
    const option = word.startsWith('--') ? word.replaceAll('_', '-') : word;
    const name = option.split('=')[0]!;
    if (LAUNCHING.test(name)) launching ??= name;
    const hasValue = name === option && WITH_VALUE.has(name);
    if (CODE.test(name)) code ??= words.slice(at, at + (hasValue ? 2 : 1));
    if (hasValue) at++;
  }
  if (words[at] === '--') at++;
  const rest = words.slice(at);
  const isScript = code === null && rest.length > 0 && launching !== '--test' && launching !== '--run' && rest[0] !== '-';
  if (!isScript) return { script: null, args: rest.length > 0 ? rest : words.slice(1), code: code && [...code, ...rest], launching };
  const [script, ...args] = rest as [string, ...string[]];
  // The debugger on the command line starts the program as its child.
  if (script === 'inspect' && args.length > 0) return { script: null, args, code, launching: script };
  return { script, args, code, launching };
}

function managerOf(script: string | null): string | null {
  return script === null ? null : (MANAGER.exec(basename(script))?.[1] ?? null);
}

function titleOf(name: string, args: readonly string[]): string {
  return [name, ...args].join(' ');
}
