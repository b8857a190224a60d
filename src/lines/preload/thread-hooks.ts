import type { MessagePort } from 'node:worker_threads';
import { createInstrument, type Instrument, type Listener } from './instrument.js';
import { instrumentedModule, type Loaded } from './module-text.js';

/** What the program's thread tells this one, which is the loaders'. */
export interface ThreadData {
  readonly news: MessagePort;
}

/** What is told to a listener over there. */
export type News = { readonly script: Parameters<Listener['onScript']> } | { readonly problem: Parameters<Listener['onProblem']> };

let instrument: Instrument | undefined;
/** The modules that an outer registration of ours has in hand: what it will do once, nobody inside does before. */
const inHand = new Set<string>();

export function initialize(data: ThreadData | undefined): void {
  if (data === undefined || instrument !== undefined) return; // registered once more, to stand behind a later loader
  const tell = (news: News) => data.news.postMessage(news);
  instrument = createInstrument({ onScript: (...script) => tell({ script }), onProblem: (...problem) => tell({ problem }) });
}

export async function load(url: string, context: unknown, nextLoad: (url: string, context: unknown) => Promise<Loaded>): Promise<Loaded> {
  if (instrument === undefined || inHand.has(url)) return nextLoad(url, context);
  inHand.add(url);
  try {
    return instrumentedModule(await nextLoad(url, context), url, instrument);
  } finally {
    inHand.delete(url);
  }
}
