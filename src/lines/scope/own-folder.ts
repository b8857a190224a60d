import { fileURLToPath } from 'node:url';

/**
 * The compiled package, with a separator at its end: no file below it is the program's. It is reckoned from two folders down, which holds for the
 * preload's bundle in lines/preload as well as for this file.
 */
export const OWN_FOLDER = fileURLToPath(new URL('../../', import.meta.url));
