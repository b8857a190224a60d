import { join, sep } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { describeNodes } from '../helpers/describe-nodes.js';
import { IS_FULL } from '../helpers/dose.js';
import { providePackages } from '../helpers/provide.js';
import { removeTemporaryFolders, temporaryFolder } from '../helpers/registered.js';
import { runSuite, SUITES } from '../helpers/suites.js';

const modules = join(await providePackages('suites'), 'node_modules');
const FOLDER = temporaryFolder();
afterAll(removeTemporaryFolders);

const MAJORS = IS_FULL ? [20, 24] : [24];

describeNodes(
  'suites of packages (stress) on Node $major',
  (major) => MAJORS.includes(major),
  ({ execPath, major }) => {
    test.concurrent.each(SUITES)('the tests of $name have the same results with true lines, with labels and without', async (suite) => {
      const options = { execPath, modules };
      const cache = join(FOLDER, 'cache');
      const [plain, instrumented, labelled] = await Promise.all([
        runSuite(suite, { ...options, scriptsFile: join(FOLDER, `${suite.name}-${major}-plain`) }),
        runSuite(suite, { ...options, scriptsFile: join(FOLDER, `${suite.name}-${major}`), cache }),
        runSuite(suite, { ...options, scriptsFile: join(FOLDER, `${suite.name}-${major}-labels`), cache, labels: true }),
      ]);
      expect(plain).toMatchObject({ code: 0, failed: [], scripts: [] });
      expect(plain.tests).toBeGreaterThanOrEqual(suite.tests);
      expect({ ...instrumented, scripts: [] }).toEqual(plain);
      expect(labelled).toEqual(instrumented);
      const tested = instrumented.scripts.filter((url) => url.includes(`${sep}${suite.tested ?? suite.name}${sep}`));
      expect(tested.length).toBeGreaterThan(0);
    });
  },
);
