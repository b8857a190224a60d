import type { Console } from '../console/console.js';

const TICK_MS = 1000;

/** Waits while the target is traced. @returns false if the user interrupts, or the target is gone @param what tells the user what comes after it */
export type Pause = (ms: number, what: string) => Promise<boolean>;

interface Watching {
  /** Names the target. */
  readonly label: string;
  readonly interrupted: Promise<void>;
  readonly console: Console;
  /** Default: `tracing`. */
  readonly doing?: string;
}

/** Pauses that show the time left if `err` is a terminal. */
export function pausesOf(
  tracer: { readonly closed: Promise<unknown> },
  { label, interrupted, console: { err, progress }, doing = 'tracing' }: Watching,
): Pause {
  let isOver = false;
  const over = Promise.race([interrupted, tracer.closed]).then(() => {
    isOver = true;
  });
  return async (ms, what) => {
    const end = performance.now() + ms;
    const show = () => {
      const left = Number.isFinite(end) ? `: ${what} in ${Math.max(0, Math.ceil((end - performance.now()) / 1000))} s` : '';
      const text = `${doing} ${label}${left}`;
      progress?.(text);
      if (err.isTTY) err.write(`\r\x1b[K${text}, Ctrl-C for the result now`);
    };
    show();
    const ticks = setInterval(show, TICK_MS);
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      if (Number.isFinite(ms)) timer = setTimeout(resolve, ms);
    });
    await Promise.race([timeUp, over]);
    clearTimeout(timer);
    clearInterval(ticks);
    if (err.isTTY) err.write('\r\x1b[K');
    return !isOver;
  };
}
