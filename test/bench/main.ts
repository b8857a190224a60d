import { benchEngine } from './engine.js';
import { benchProfileValidation } from './profile-validation.js';
import { benchSlowdown } from './slowdown.js';
import { benchSnapshot } from './snapshot.js';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  engine: benchEngine,
  snapshot: benchSnapshot,
  slowdown: benchSlowdown,
  'profile-validation': benchProfileValidation,
};

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
