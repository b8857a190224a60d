import { sumOf } from '../model/heap-totals.js';
import type { CaptureInfo, HeapTotals, TargetInfo } from '../model/trace-columns.js';
import type { StatsQuestion } from './store.js';

/** Whose processes they are. */
export type MergedService = Pick<StatsQuestion, 'service' | 'release'>;

/** What of a capture goes into the merged one. */
type MergedCapture = Pick<CaptureInfo, 'mode' | 'time' | 'precision' | 'heap'> & { readonly target: Pick<TargetInfo, 'nodeVersion'> };

/** The capture of snapshots of several processes. */
export class CaptureMerger {
  #newest: MergedCapture | null = null;
  #hasLines = false;
  #isSampled = false;
  readonly #heaps: (HeapTotals | null)[] = [];
  readonly #versions = new Set<string | null>();

  add(capture: MergedCapture): void {
    if (!this.#newest || Date.parse(capture.time) > Date.parse(this.#newest.time)) this.#newest = capture;
    this.#hasLines ||= capture.precision === 'line';
    this.#isSampled ||= capture.mode === 'sampling';
    this.#heaps.push(capture.heap);
    this.#versions.add(capture.target.nodeVersion);
  }

  build({ service, release }: MergedService): CaptureInfo {
    const resource = { 'service.name': service, ...(release !== null && { 'service.version': release }) };
    const { mode = 'sampling', time = new Date().toISOString() } = this.#newest ?? {};
    const [nodeVersion = null] = this.#versions.size === 1 ? this.#versions : [];
    return {
      mode: this.#isSampled ? 'sampling' : mode,
      interval: null,
      time,
      target: { pid: null, title: Object.values(resource).join(' '), nodeVersion },
      heap: this.#heaps.length === 0 ? null : sumOf(this.#heaps),
      precision: this.#hasLines ? 'line' : 'function',
      resource,
    };
  }
}
