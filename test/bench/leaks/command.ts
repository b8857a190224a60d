import { join } from 'node:path';
import { runCommand } from '../../helpers/command.js';
import { isLeakingPlace, type Place, type SubjectKind, subjectFile, subjectNames } from '../../helpers/growth-subjects.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { startTarget } from '../../helpers/target-process.js';
import { printTable } from '../measure.js';
import { atOnce } from './at-once.js';

const PROGRAM = repoPath('fixtures/growth/program.cjs');
const ROUNDS = ['--rounds', '7', '--every', '2s', '--own', '--no-inline', '--json'];
const LEAKS = 3;

interface Verdict {
  readonly name: string;
  readonly node: number;
  readonly code: number | null;
  /** The places of the rows that are called leaks. */
  readonly places: readonly Place[];
  readonly stderr: string;
}

interface LeaksJson {
  readonly growth: readonly { readonly verdict: string; readonly traceback: { readonly frames: readonly Place[] } }[];
}

/** What `tracemalloc leaks` says of programs that do the work of each file, a few thousand times a second at most. */
export async function benchLeaksCommand(): Promise<void> {
  const [clean, leaks] = [await verdicts('clean'), await verdicts('leaks')];
  const alarms = clean.filter(({ code }) => code !== 0);
  const wrong = leaks.filter(({ name, code, places }) => code !== LEAKS || !isLeakingPlace(subjectFile('leaks', name))(places[0]));
  printTable([
    ['tracemalloc leaks, 7 rounds of 2 s', 'programs', 'wrong'],
    ['nothing leaks', String(clean.length), String(alarms.length)],
    ['something leaks', String(leaks.length), String(wrong.length)],
  ]);
  for (const { name, node, code, places, stderr } of [...alarms, ...wrong]) {
    const said = places.map(({ filename, lineno, functionName }) => `${filename}:${lineno} ${functionName}`).join(', ');
    console.log(`${name}, Node ${node}: exit code ${code}, ${said} ${stderr}`);
  }
}

async function verdicts(kind: SubjectKind): Promise<Verdict[]> {
  const env = { NODE_PATH: join(await providePackages('growth'), 'node_modules') };
  const only = process.env.LEAKS_ONLY?.split(',');
  const names = subjectNames(kind).filter((name) => only?.includes(name) ?? true);
  const jobs = names.flatMap((name) => nodeBinaries().map((node) => ({ name, ...node })));
  return atOnce(2, jobs, async ({ name, major: node, execPath }) => {
    const target = await startTarget({ execPath, file: PROGRAM, args: [subjectFile(kind, name)], env, ready: true });
    try {
      const { code, stdout, stderr } = await runCommand(['leaks', '--port', String(target.port), ...ROUNDS]);
      const growth = code === 0 || code === LEAKS ? (JSON.parse(stdout) as LeaksJson).growth : [];
      const places = growth.filter(({ verdict }) => verdict === 'leaks').map(({ traceback }) => traceback.frames.at(-1)!);
      console.error(`${kind}/${name}, Node ${node}: ${code}`);
      return { name, node, code, places, stderr };
    } finally {
      await target.kill();
    }
  });
}
