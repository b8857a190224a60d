import { forEachNode, type ProfileNode } from '../collect/stacks/v8-profile.js';

/** VS Code's debugger adds these to a profile: for each node's `locationId`, the places in the sources that its source maps gave. */
interface Annotations {
  readonly rootPath: string | undefined;
  readonly locations: readonly unknown[];
}

interface SourcePlace {
  readonly path: string;
  /** 1-based, unlike those of call frames. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/**
 * Moves nodes, within the profile itself, to the places that VS Code shows for them: the first candidate below the workspace, otherwise the
 * first that is a file. Nodes without a candidate keep V8's position.
 */
export function takeSourcePositions(profile: { readonly head: ProfileNode }): void {
  const annotations = annotationsOf(profile);
  if (!annotations) return;
  forEachNode(profile.head, (node) => {
    const place = placeOf(node, annotations);
    if (place) Object.assign(node.callFrame, { url: place.path, lineNumber: place.lineNumber - 1, columnNumber: place.columnNumber - 1 });
  });
}

function annotationsOf(profile: object): Annotations | null {
  const annotations: unknown = '$vscode' in profile ? profile.$vscode : null;
  if (typeof annotations !== 'object' || annotations === null || !('locations' in annotations)) return null;
  if (!Array.isArray(annotations.locations)) return null;
  const rootPath = 'rootPath' in annotations && typeof annotations.rootPath === 'string' ? annotations.rootPath : undefined;
  return { rootPath, locations: annotations.locations };
}

function placeOf(node: ProfileNode & { readonly locationId?: unknown }, { rootPath, locations }: Annotations): SourcePlace | undefined {
  const hasFrame = typeof node.callFrame === 'object' && node.callFrame !== null;
  const entry = hasFrame && typeof node.locationId === 'number' ? locations[node.locationId] : undefined;
  if (typeof entry !== 'object' || entry === null || !('locations' in entry) || !Array.isArray(entry.locations)) return undefined;
  const places = entry.locations.map(asPlace).filter((place) => place !== undefined);
  return places.find(({ path }) => rootPath !== undefined && isBelow(path, rootPath)) ?? places[0];
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder) && /^[/\\]/.test(path.slice(folder.replace(/[/\\]$/, '').length));
}

/** If there is a `sourceReference`, the debugger holds the text itself and the path names no file. */
function asPlace(candidate: unknown): SourcePlace | undefined {
  const { lineNumber, columnNumber, source } = Object(candidate);
  const { path, sourceReference } = Object(source);
  const isFile = typeof path === 'string' && path !== '' && !sourceReference;
  return isFile && Number.isInteger(lineNumber) && Number.isInteger(columnNumber) ? { path, lineNumber, columnNumber } : undefined;
}
