import { requestedVersions } from '../helpers/nodes.js';
import { provideNode } from '../helpers/provide.js';
import { benchAccuracy } from './accuracy/accuracy.js';
import { benchCounts } from './accuracy/counts.js';
import { benchAttachedTree } from './attached-tree.js';
import { benchEngine } from './engine.js';
import { benchFleet } from './fleet.js';
import { benchFleetClickHouse } from './fleet-clickhouse.js';
import { benchFolding } from './folding.js';
import { benchHeapGraph } from './heap-graph.js';
import { benchHeapSnapshot } from './heap-snapshot.js';
import { benchIsolates } from './isolates.js';
import { benchLabels } from './labels.js';
import { benchLeaks } from './leaks/assertions.js';
import { benchLeaksCommand } from './leaks/command.js';
import { benchServices } from './leaks/services.js';
import { benchCorpus } from './lines/corpus.js';
import { benchStart } from './lines/start.js';
import { benchTransform } from './lines/transform.js';
import { benchModes } from './modes.js';
import { benchOwnLines } from './own-lines.js';
import { benchPeaks } from './peaks.js';
import { benchProfileValidation } from './profile-validation.js';
import { benchReport } from './report.js';
import { benchSeriesReport } from './report-series.js';
import { benchSlowdown } from './slowdown.js';
import { benchSnapshot } from './snapshot.js';
import { benchSoak } from './soak.js';
import { benchSourceMap } from './source-map.js';
import { benchStartup } from './startup.js';
import { benchTrackingStress } from './tracking-stress.js';
import { benchTypedArrays } from './typed-arrays.js';
import { benchVerdicts } from './verdicts.js';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  engine: benchEngine,
  startup: benchStartup,
  snapshot: benchSnapshot,
  'heap-snapshot': benchHeapSnapshot,
  'heap-graph': benchHeapGraph,
  slowdown: benchSlowdown,
  modes: benchModes,
  'source-map': benchSourceMap,
  'profile-validation': benchProfileValidation,
  report: benchReport,
  'report-series': benchSeriesReport,
  'tracking-stress': benchTrackingStress,
  'lines-start': benchStart,
  'lines-transform': benchTransform,
  'lines-corpus': benchCorpus,
  accuracy: benchAccuracy,
  counts: benchCounts,
  folding: benchFolding,
  'typed-arrays': benchTypedArrays,
  isolates: benchIsolates,
  'attached-tree': benchAttachedTree,
  soak: benchSoak,
  verdicts: benchVerdicts,
  labels: benchLabels,
  leaks: benchLeaks,
  'leaks-command': benchLeaksCommand,
  'leaks-services': benchServices,
  'own-lines': benchOwnLines,
  peaks: benchPeaks,
  fleet: benchFleet,
  'fleet-clickhouse': benchFleetClickHouse,
};

for (const version of requestedVersions()) await provideNode(version);
const wanted = process.argv[2];
if (wanted !== undefined && !(wanted in BENCHES)) {
  console.error(`no bench is named ${wanted}; there are: ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const [name, run] of Object.entries(BENCHES)) {
    if (wanted !== undefined && wanted !== name) continue;
    console.log(`\n${name}`);
    await run();
  }
}
