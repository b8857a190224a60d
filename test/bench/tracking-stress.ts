import { nodeBinaries } from '../helpers/nodes.js';
import { attachedDeopts, launchedDeopts } from '../helpers/tracked-deopts.js';
import { printTable } from './measure.js';

const RUNS = Number(process.env.STRESS_RUNS ?? 200);
const WAYS = { launched: launchedDeopts, attached: attachedDeopts };

/** Counts how many runs of a program that deoptimizes all the time crash in object mode. None should, on any version, launched or attached. */
export async function benchTrackingStress(): Promise<void> {
  const rows: string[][] = [];
  for (const { major, execPath } of nodeBinaries()) {
    for (const [way, once] of Object.entries(WAYS)) {
      const failures: string[] = [];
      for (let i = 0; i < RUNS; i++) {
        await once(execPath).catch((error: unknown) => failures.push(String(error)));
      }
      rows.push([`Node ${major}, ${way}`, `${RUNS}`, `${failures.length}`, failures[0] ?? '']);
    }
  }
  printTable([['object mode and deoptimizations', 'runs', 'crashes', 'the first'], ...rows]);
}
