import type { CaptureInfo } from '../model/trace-columns.js';
import { visible } from '../text/printable.js';
import { MAX_SECONDS } from './profile-query.js';
import type { SharedSnapshots } from './shared-snapshots.js';

/** Nothing may run or be fetched, because the names on the page come from the target. */
export const PAGE_POLICY = "default-src 'none'; frame-ancestors 'none'";

const LIVE = `<li><a href="/debug/pprof/heap">heap</a>: what was allocated since the tracing began and is alive, by stack, as pprof.
<code>?seconds=N</code>, up to ${MAX_SECONDS}: how it changes in that time.</li>
<li><a href="/debug/pprof/allocs">allocs</a>: the same; what is dead is not counted.</li>`;
const CHURN = `<li><a href="/debug/pprof/allocs">allocs</a>: what was allocated since the tracing began, dead or alive, by stack, as pprof.
<code>?seconds=N</code>, up to ${MAX_SECONDS}: what is allocated in that time.</li>`;

/** @param target null as long as no snapshot has been taken */
export function indexPage(
  target: CaptureInfo['target'] | null,
  { count, totalMs, lastFailure }: SharedSnapshots,
  { isChurn }: { readonly isChurn: boolean },
): string {
  const who = target ? `${target.title || 'node'}, process ${target.pid ?? '?'}, Node ${target.nodeVersion ?? '?'}` : 'not asked yet';
  const mean = count > 0 ? `, ${Math.round(totalMs / count)} ms each on average` : '';
  const failure = lastFailure ? `${new Date(lastFailure.time).toISOString()} ${lastFailure.message}` : 'none';
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>tracemalloc: /debug/pprof/</title></head>
<body>
<h1>Memory of ${text(who)}</h1>
<ul>
${isChurn ? CHURN : LIVE}
<li><a href="/metrics">metrics</a>: totals, as OpenMetrics.</li>
</ul>
<p>Snapshots taken: ${count}${mean}. Last error: ${text(failure)}.</p>
</body>
</html>
`;
}

function text(hostile: string): string {
  return visible(hostile, /[<>&"']/g);
}
