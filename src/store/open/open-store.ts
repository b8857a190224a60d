import { UsageError } from '../../errors.js';
import { FolderStore } from '../folder/folder-store.js';
import type { Store } from '../store.js';

export interface StoreOptions {
  /** Receives a line about each thing that is left out of an answer, such as a damaged file. Default: nobody is told. */
  readonly onNotice?: (notice: string) => void;
}

/** By the scheme of a URL. */
const STORES: Readonly<Record<string, (url: string, options: StoreOptions) => Promise<Store>>> = {
  folder: async (url, options) => new FolderStore(url.slice('folder:'.length), options),
};

/**
 * Opens the store at a URL: `folder:DIR` is a folder of this machine, which is made when something is pushed.
 *
 * @throws UsageError if the URL is of no store
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  return await STORES[schemeOf(url)]!(url, options);
}

/** Call it before the work begins, without reaching for the store. @throws UsageError if the URL is of no store */
export function checkStoreUrl(url: string): void {
  schemeOf(url);
}

function schemeOf(url: string): string {
  const [, scheme = '', rest = ''] = /^([a-z]+):(.*)$/s.exec(url) ?? [];
  if (Object.hasOwn(STORES, scheme) && rest !== '') return scheme;
  const schemes = Object.keys(STORES).map((name) => `${name}:`);
  throw new UsageError(`${JSON.stringify(url)} is no store; give ${schemes.join(' or ')} and what follows it, such as folder:./profiles`);
}
