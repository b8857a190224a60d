import { fileURLToPath } from 'node:url';

/** The compiled package, with a separator at its end: whatever lies in it is not the program's. */
export const OWN_FOLDER = fileURLToPath(new URL('../../', import.meta.url));
