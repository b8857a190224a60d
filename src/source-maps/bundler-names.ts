import { percentDecoded } from '../text/file-urls.js';

/** Names that bundlers and loaders give to sources. What they say of the place is relative to the folder where the tool ran. */
const SCHEME = /^(?!(?:https?|file|node|data|blob|wasm):)[a-z][a-z\d+.-]+:\/\//i;
/** Starts of names without a scheme: Parcel, Metro, Turbopack, Vite. */
const ROOT = /^(?:\.?\/)?(?:__parcel_source_root|turbopack(?=\/\[)|(?=\[(?:project|root|metro-project|metro-watchFolders)\])|(?=@fs\/))\/?/;
/** Folders that stand for the folder of the tool, and layers of Next.js. */
const STAND_INS = /^(?:\[(?:project|root|metro-project)\]|\[metro-watchFolders\]\/\d+|\([\w-]+\))\//;
/** The namespace of webpack may be the name of a scoped package. */
const SCOPED = /^@[^/]+\/(?!\.)[^/]*\//;
const NAMESPACE = /^[^/]*\//;

/** Of a name of a bundler, what does not belong to a file: the hash of webpack, the query of a loader, the layer and type of a module. */
export function withoutSuffix(name: string): string {
  return name.replace(/(?: \[[^\]/]*\])? \([^()/]*\)$/, '').replace(/\?[^/]*$/, '');
}

/**
 * The paths that the name of a source may mean, the most literal first: absolute, or relative to some folder of the project. null if the name
 * is not of a bundler's kind. Some are no files: `webpack/bootstrap`, `external "node:fs"`.
 */
export function pathsOfBundler(name: string): string[] | null {
  const scheme = SCHEME.exec(name)?.[0];
  const decoded = decodedMarks(name);
  const root = ROOT.exec(decoded)?.[0];
  if (scheme === undefined && root === undefined) return null;
  const rest = scheme === undefined ? decoded.slice(root!.length) : withoutSuffix(name.slice(scheme.length));
  const whole = scheme === undefined ? [rest] : [rest.replace(SCOPED.test(rest) ? SCOPED : NAMESPACE, ''), rest.replace(/^\/+/, '')];
  const paths = whole.flatMap((path) => [path, ...withoutStandIns(path)]).map((path) => path.replace(/^@fs\//, '/'));
  return [...new Set([...paths, ...paths.map(percentDecoded)])].filter((path) => path !== '');
}

function withoutStandIns(path: string): string[] {
  const shorter = path.replace(STAND_INS, '');
  return shorter === path ? [] : [shorter, ...withoutStandIns(shorter)];
}

/** Metro's names are parts of URLs. */
function decodedMarks(name: string): string {
  return /^\/?%5Bmetro-/i.test(name) ? percentDecoded(name) : name;
}
