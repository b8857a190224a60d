const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
export type Interruption = (typeof SIGNALS)[number];

/** Calls `listener` for every Ctrl-C, SIGTERM, SIGHUP and SIGQUIT that this process gets, instead of ending it. @returns a function that stops listening */
export function onInterruption(listener: (signal: Interruption) => void): () => void {
  const listeners = SIGNALS.map((signal) => [signal, () => listener(signal)] as const);
  for (const [signal, own] of listeners) process.on(signal, own);
  return () => {
    for (const [signal, own] of listeners) process.off(signal, own);
  };
}

/**
 * Listens from now on. `came` resolves at the first signal, so that the command ends with a result. The second signal ends this process at once,
 * and the caretaker leaves the target clean.
 */
export function firstInterruption(): { came: Promise<void>; ignore: () => void } {
  let ignore = () => {};
  const came = new Promise<void>((resolve) => {
    ignore = onInterruption(() => {
      ignore();
      resolve();
    });
  });
  return { came, ignore };
}
