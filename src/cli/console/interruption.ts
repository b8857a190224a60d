const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
export type Interruption = (typeof SIGNALS)[number];

/** Calls `listener` for every Ctrl-C, SIGTERM, SIGHUP and SIGQUIT that this process gets, instead of ending it. @returns what ends that */
export function onInterruption(listener: (signal: Interruption) => void): () => void {
  const listeners = SIGNALS.map((signal) => [signal, () => listener(signal)] as const);
  for (const [signal, own] of listeners) process.on(signal, own);
  return () => {
    for (const [signal, own] of listeners) process.off(signal, own);
  };
}

/** Listens from now on: whenever the first one comes, there is a result. The second one ends us at once; the target is left clean then, too. */
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
