import { requestedVersions } from './nodes.js';
import { provideNode } from './provide.js';

/** The variable that marks all processes that a run of jest starts. */
export const RUN_MARK = 'TEST_RUN_MARK';

/** Downloads the Node binaries that this run asks for. Packages and the browser are provided by the tests that use them. */
export default async function globalSetup(): Promise<void> {
  process.env[RUN_MARK] = `${process.pid}`;
  await Promise.all(requestedVersions().map(provideNode));
}
