import * as z from 'zod/mini';
import type { Answer, AnswerColumn } from '../../report/markdown/answer-page.js';
import { code, shownName } from '../../report/markdown/markdown-text.js';
import { shortPath } from '../../report/text/place.js';
import { formatDuration } from '../../text/duration-format.js';
import { formatSize } from '../../text/size-format.js';
import { documentOf } from '../command/document-of.js';
import { output, PROCESS_ROW } from './fields.js';
import type { Tool } from './tool.js';
import { MOST_ROWS, toolAnswer } from './tool-answer.js';

/** What `list --json` prints of a process. */
interface ListedProcess {
  readonly pid: number | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly nodeVersion: string | null;
  readonly workers: number | null;
  readonly rss: number | null;
  /** Seconds. */
  readonly uptime: number | null;
  /** What it only starts, if it is a launcher such as npm. */
  readonly launcher: string | null;
  readonly script: string | null;
  readonly title: string;
}

interface ProcessRow {
  readonly pid: number | null;
  readonly program: string;
  readonly node?: string;
  readonly rss?: number;
  readonly uptime?: number;
  /** `host:port` if it is open. */
  readonly inspector?: string;
  readonly workers?: number;
}

const COLUMNS: readonly AnswerColumn<ProcessRow>[] = [
  { title: 'pid', cell: ({ pid }) => `${pid ?? '?'}` },
  { title: 'rss', cell: ({ rss }) => (rss === undefined ? '' : formatSize(rss)) },
  { title: 'uptime', cell: ({ uptime }) => (uptime === undefined ? '' : formatDuration(uptime)) },
  { title: 'workers', cell: ({ workers = 0 }) => (workers === 0 ? '' : `${workers}`) },
  { title: 'node', isName: true, cell: ({ node = '' }) => (node === '' ? '' : code(node)) },
  { title: 'inspector', isName: true, cell: ({ inspector = '' }) => (inspector === '' ? '' : code(inspector)) },
  { title: 'program', isName: true, cell: ({ program }) => code(program) },
];

const INPUT = z.strictObject({
  match: z.optional(z.string().check(z.describe('only processes whose script or title contains this'))),
});
const MAX_PROGRAM = 120;

export const processesTool: Tool<typeof INPUT> = {
  name: 'processes',
  title: 'List Node processes',
  description: 'Lists the Node processes of this machine that can be traced, the largest first. Call it first to get a pid.',
  input: INPUT,
  output: output(PROCESS_ROW),
  isReadOnly: true,
  answer: async ({ match }, { run, shown }) => {
    const words = ['list', '--json'];
    const result = await run(words);
    const all = documentOf<ListedProcess[]>(result).filter(({ pid }) => pid !== process.pid && pid !== process.ppid);
    const fitting = all.filter(({ script, title }) => match === undefined || title.includes(match) || (script ?? '').includes(match));
    return toolAnswer(answerOf(fitting, { among: all.length, match, cwd: shown.cwd }), COLUMNS, { words, said: result.stderr });
  },
};

interface Listing {
  readonly among: number;
  readonly match: string | undefined;
  readonly cwd: string;
}

function answerOf(processes: readonly ListedProcess[], { among, match, cwd }: Listing): Answer<ProcessRow> {
  // Launchers such as npm use no memory of the program.
  const sorted = [...processes].sort((a, b) => Number(a.launcher !== null) - Number(b.launcher !== null) || (b.rss ?? 0) - (a.rss ?? 0));
  const rows = sorted.slice(0, MOST_ROWS).map((one) => rowOf(one, cwd));
  const [first] = rows;
  const fitting = match === undefined ? '' : ` whose name contains ${code(match)}`;
  const none =
    among === 0 ? 'No Node process of this user runs.' : `None of ${among} Node processes has a name that contains ${code(match ?? '')}.`;
  return {
    finding:
      first === undefined
        ? none
        : `${processes.length} Node ${processes.length === 1 ? 'process' : 'processes'}${fitting}; the largest is ${first.pid}, ${code(first.program)}.`,
    rows,
    notes: [],
    leftOut:
      sorted.length > rows.length ? [`${sorted.length - rows.length} smaller processes are left out; narrow the list with match.`] : [],
  };
}

function rowOf({ pid, host, port, nodeVersion, workers, rss, uptime, launcher, script, title }: ListedProcess, cwd: string): ProcessRow {
  const program = script !== null && title.startsWith(script) ? shortPath(script, cwd) + title.slice(script.length) : title;
  return {
    pid,
    program: shownName(launcher === null ? program : `(starts others) ${program}`, MAX_PROGRAM),
    ...(nodeVersion !== null && { node: shownName(nodeVersion) }),
    ...(rss !== null && { rss }),
    ...(uptime !== null && { uptime }),
    ...(host !== null && port !== null && { inspector: `${shownName(host)}:${port}` }),
    ...(workers !== null && { workers }),
  };
}
