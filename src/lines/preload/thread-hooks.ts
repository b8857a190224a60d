import type { MessagePort } from 'node:worker_threads';
import { createInstrument, type Instrument, type Listener } from './instrument.js';
import { instrumentedModule, type Loaded } from './module-text.js';
import type { Making } from './rewriting.js';

/** Data from the program's thread for this one, the loaders' thread. */
export interface ThreadData {
  readonly news: MessagePort;
  readonly making: Making;
}

/** A message to the listener in the program's thread. */
export type News = { readonly script: Parameters<Listener['onScript']> } | { readonly problem: Parameters<Listener['onProblem']> };

let instrument: Instrument | undefined;
/** The modules that our outermost registration is handling. Inner registrations skip them, so that each module is handled once. */
const inProgress = new Set<string>();

export function initialize(data: ThreadData | undefined): void {
  if (data === undefined || instrument !== undefined) return; // a second registration, to come after a later loader
  const tell = (news: News) => data.news.postMessage(news);
  const listener: Listener = { onScript: (...script) => tell({ script }), onProblem: (...problem) => tell({ problem }) };
  instrument = createInstrument(listener, data.making);
}

export async function load(url: string, context: unknown, nextLoad: (url: string, context: unknown) => Promise<Loaded>): Promise<Loaded> {
  if (instrument === undefined || inProgress.has(url)) return nextLoad(url, context);
  inProgress.add(url);
  try {
    return instrumentedModule(await nextLoad(url, context), url, instrument);
  } finally {
    inProgress.delete(url);
  }
}
