import { requestedVersions } from './nodes.js';
import { provideNode } from './provide.js';

/** Downloads the Node binaries that this run asks for. Packages and the browser are provided by the tests that use them. */
export default async function globalSetup(): Promise<void> {
  await Promise.all(requestedVersions().map(provideNode));
}
