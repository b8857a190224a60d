import type { ProfileNode, ProfileSample, SamplingProfile } from '../../src/collect/stacks/v8-profile.js';

/** A frame as `name@url:line:column`, 0-based as in V8. `(GC)` and `push`, without a URL, are a pseudo-node and a builtin. */
interface Branch {
  readonly frame: string;
  /** The sizes of the node's own samples. */
  readonly samples?: readonly number[];
  readonly children?: readonly Branch[];
  readonly scriptId?: string;
}

/** Makes a profile from a picture of its tree. Node ids and ordinals count up in the order of the picture. */
export function profileOf(children: readonly Branch[], rootSamples: readonly number[] = []): SamplingProfile {
  const samples: ProfileSample[] = [];
  let ids = 0;
  const build = ({ frame, samples: sizes = [], children = [], scriptId }: Branch): ProfileNode => {
    const id = ++ids;
    for (const size of sizes) samples.push({ size, nodeId: id, ordinal: samples.length + 1 });
    return {
      id,
      callFrame: callFrame(frame, scriptId),
      selfSize: sizes.reduce((sum, size) => sum + size, 0),
      children: children.map(build),
    };
  };
  return { head: build({ frame: '(root)', samples: rootSamples, children }), samples };
}

function callFrame(text: string, scriptId: string | undefined): ProfileNode['callFrame'] {
  const [, functionName, url, line, column] = /^([^@]*)@(.*):(-?\d+):(-?\d+)$/s.exec(text) ?? [];
  if (url === undefined) return { functionName: text, scriptId: scriptId ?? '0', url: '', lineNumber: -1, columnNumber: -1 };
  return { functionName: functionName!, scriptId: scriptId ?? '7', url, lineNumber: Number(line), columnNumber: Number(column) };
}
