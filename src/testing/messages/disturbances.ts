/** The runner's own: its pipes and its terminal. */
const USUAL = new Set(['PipeWrap', 'TTYWrap', 'Immediate', 'TickObject', 'CloseReq', 'MessagePort']);
/** A runner has one for the time limit of the test. */
const TIMERS = 'Timeout';
const MOST_KINDS = 4;

interface Surroundings {
  /** What kept the process alive before the work began, as Node names it: `process.getActiveResourcesInfo()`. */
  readonly resources: readonly string[];
  /** The threads that were traced: `main`, `worker 3`. */
  readonly threads: readonly string[];
}

/** A line that names what else may have allocated while the work ran; null if there is nothing. */
export function disturbances({ resources, threads }: Surroundings): string | null {
  const counts = new Map<string, number>();
  for (const name of resources) if (!USUAL.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  if (counts.get(TIMERS) === 1) counts.delete(TIMERS);
  const open = [...counts].slice(0, MOST_KINDS).map(([name, count]) => `${count} ${name}`);
  const workers = threads.length - 1;
  const parts = [
    ...(open.length > 0 ? [`open before the work began: ${open.join(', ')}`] : []),
    ...(workers > 0 ? [`${workers} worker thread${workers === 1 ? '' : 's'}`] : []),
  ];
  return parts.length === 0 ? null : `What is not of the work counts, too: ${parts.join('; ')}.`;
}
