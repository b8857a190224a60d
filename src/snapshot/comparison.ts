import type { CaptureInfo } from '../model/trace-columns.js';
import type { Snapshot } from './snapshot.js';

/** What a reader must know before the difference of two snapshots is read. */
export interface Comparison {
  /** Whether both are of one tracing, so that the difference is what grew. null if a snapshot does not say. */
  readonly oneTracing: boolean | null;
  /** What was set differently, with the old and the new value. */
  readonly settings: readonly { readonly name: SettingName; readonly old: Setting; readonly now: Setting }[];
  /** The old snapshot was taken after the new one. */
  readonly isReversed: boolean;
}

export type SettingName = 'program' | 'Node version' | 'mode' | 'interval' | 'precision' | 'inlining' | 'frames kept';
type Setting = string | number | null;

/** A tracing never changes these. So two snapshots that differ in one of them are of two tracings. */
const FIXED: ReadonlySet<SettingName> = new Set(['Node version', 'mode', 'interval', 'precision', 'inlining']);

interface Pair {
  readonly old: Snapshot;
  readonly now: Snapshot;
}

export function comparisonOf({ old, now }: Pair): Comparison {
  const settings = settingsOf(now)
    .map(([name, value], i) => ({ name, old: settingsOf(old)[i]![1], now: value }))
    .filter((one) => one.old !== one.now && !follows(one.name, { old, now }));
  const [before, after] = [old.capture, now.capture];
  const areTwo = differ(before.target.pid, after.target.pid) || settings.some((one) => FIXED.has(one.name) && differ(one.old, one.now));
  return {
    oneTracing: areTwo ? false : isOneTracing(before, after),
    settings,
    isReversed: before.time > after.time,
  };
}

/** Whether a setting differs only because another one does: each mode has its interval, and true lines switch inlining off. */
function follows(name: SettingName, { old: { capture: old }, now: { capture: now } }: Pair): boolean {
  return (name === 'interval' && old.mode !== now.mode) || (name === 'inlining' && old.precision !== now.precision);
}

function isOneTracing({ tracing: before }: CaptureInfo, { tracing: after }: CaptureInfo): boolean | null {
  return before === undefined || after === undefined ? null : before === after;
}

function settingsOf({ capture, tracebackLimit }: Snapshot): (readonly [SettingName, Setting])[] {
  const { target, mode, interval, precision, inlining } = capture;
  return [
    ['program', target.title || null],
    ['Node version', target.nodeVersion],
    ['mode', mode],
    ['interval', interval],
    ['precision', precision],
    ['inlining', inlining === undefined ? null : inlining ? 'on' : 'off'],
    ['frames kept', tracebackLimit],
  ];
}

/** Whether both are known and not the same. */
function differ(one: Setting, other: Setting): boolean {
  return one !== null && other !== null && one !== other;
}
