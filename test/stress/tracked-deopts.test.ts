import { afterEach, describe, it } from '@jest/globals';
import { stressNodes } from '../helpers/dose.js';
import { reapTargets } from '../helpers/target-process.js';
import { attachedDeopts, launchedDeopts } from '../helpers/tracked-deopts.js';

afterEach(reapTargets);

// `npm run bench -- tracking-stress` does it 200 times.
describe.each(stressNodes())('code that deoptimizes while its allocations are tracked (stress), Node $major', ({ execPath }) => {
  it('does not crash, launched and attached', async () => {
    await launchedDeopts(execPath);
    await attachedDeopts(execPath);
  });
});
