import { join } from 'node:path';
import { attach, type Statistic } from '../../src/index.js';
import { isLeakingPlace, type Place, subjectFile, subjectNames } from '../helpers/growth-subjects.js';
import { nodeBinaries } from '../helpers/nodes.js';
import { repoPath } from '../helpers/paths.js';
import { providePackages } from '../helpers/provide.js';
import { startTarget } from '../helpers/target-process.js';
import { atOnce } from './leaks/at-once.js';
import { load } from './leaks/services.js';
import { printTable } from './measure.js';

const SERVICE = repoPath('fixtures/growth/service.cjs');
const REQUESTS = 4000;
const ALL_FRAMES = 128;

/** Whether the line on which a leak was planted stands where a reader looks first. */
interface Shown {
  readonly isFirst: boolean;
  readonly isBehindArrow: boolean;
  readonly isFirstOwn: boolean;
  /** The first own line is of the file with the leak, if not the line itself. */
  readonly isFileFirstOwn: boolean;
  /** What stands there. */
  readonly first: string;
  readonly firstOwn: string;
}

/**
 * How often the line of a leak comes first if Node or a package allocates what stays: in the table by line, behind the arrow of its first row, and with
 * `--own`. With V8's inlining, which counts what an inlined function allocates for its caller, and without.
 */
export async function benchOwnLines(): Promise<void> {
  const NODE_PATH = join(await providePackages('growth'), 'node_modules');
  const subjects = nodeBinaries().flatMap((node) => [true, false].map((inlining) => ({ ...node, inlining })));
  const jobs = subjects.flatMap((subject) => subjectNames('indirect').map((name) => ({ ...subject, name })));
  const all = await atOnce(2, jobs, async ({ name, major, execPath, inlining }) => {
    const file = subjectFile('indirect', name);
    const target = await startTarget({ execPath, file: SERVICE, args: [file], env: { NODE_PATH }, ready: true });
    try {
      const web = /port (\d+)/.exec(target.stdout())![1]!;
      return { name, major, inlining, ...(await firstRows(target.url, { web, inlining, file })) };
    } finally {
      await target.kill();
    }
  });
  const rows = subjects.map(({ major, inlining }) => {
    const of = all.filter((one) => one.major === major && one.inlining === inlining);
    const count = (holds: (shown: Shown) => boolean) => String(of.filter(holds).length);
    const hits = [
      count(({ isFirst }) => isFirst),
      count((one) => one.isFirst || one.isBehindArrow),
      count(({ isFirstOwn }) => isFirstOwn),
      count(({ isFileFirstOwn }) => isFileFirstOwn),
    ];
    return [String(major), inlining ? 'yes' : 'no', String(of.length), ...hits];
  });
  printTable([
    ['Node', 'inlining', 'leaks', 'first by line', 'first, or behind its arrow', 'first with --own', 'its file first with --own'],
    ...rows,
  ]);
  for (const { name, major, inlining, isFirst, isBehindArrow, isFirstOwn, first, firstOwn } of all) {
    const what = `${name}, Node ${major}, ${inlining ? 'inlining' : 'no inlining'}`;
    if (!isFirst && !isBehindArrow) console.log(`${what}: by line ${first}`);
    if (!isFirstOwn) console.log(`${what}: with --own ${firstOwn}`);
  }
}

interface Asked {
  /** The port of the service. */
  readonly web: string;
  readonly inlining: boolean;
  /** The work that leaks. */
  readonly file: string;
}

async function firstRows(inspector: string, { web, inlining, file }: Asked): Promise<Shown> {
  const isLeaking = isLeakingPlace(file);
  const tracer = await attach(inspector);
  try {
    await tracer.start({ nframe: ALL_FRAMES, inlining });
    await load(web, REQUESTS);
    const snapshot = await tracer.takeSnapshot();
    const [row] = snapshot.statistics('lineno');
    const [ownRow, second] = snapshot.statistics('own');
    return {
      isFirst: isLeaking(place(row)),
      isBehindArrow: isLeaking(row?.ownCaller?.frame),
      isFirstOwn: isLeaking(place(ownRow)),
      isFileFirstOwn: place(ownRow)?.filename === file,
      first: `${row?.traceback} ← ${row?.ownCaller?.frame ?? 'nothing'}`,
      firstOwn: `${ownRow?.size} ${ownRow?.traceback}, then ${second?.size} ${second?.traceback}`,
    };
  } finally {
    await tracer.close();
  }
}

function place(row: Statistic | undefined): Place | undefined {
  return row?.traceback.at(-1);
}
