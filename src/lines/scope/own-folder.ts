import { fileURLToPath } from 'node:url';

/**
 * The folder of the compiled package, with a separator at its end. No file below it belongs to the program. The path starts two folders
 * above this file, which is also right for the preload's bundle in lines/preload.
 */
export const OWN_FOLDER = fileURLToPath(new URL('../../', import.meta.url));
