/** The major version in `v22.1.0`; NaN if the version is not known, so that no comparison with it holds. */
export function nodeMajor(nodeVersion: string | null): number {
  return Number.parseInt(nodeVersion?.slice(1) ?? '', 10);
}
