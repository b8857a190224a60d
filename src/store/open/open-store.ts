import { UsageError } from '../../errors.js';
import { ClickHouseStore } from '../clickhouse/clickhouse-store.js';
import { storeAddress } from '../clickhouse/store-url.js';
import { FolderStore } from '../folder/folder-store.js';
import type { Store } from '../store.js';

export interface StoreOptions {
  /** Receives a line about each thing that is left out of an answer, such as a damaged file. Default: nobody is told. */
  readonly onNotice?: (notice: string) => void;
  /** Aborted: gives up reaching the server. */
  readonly signal?: AbortSignal;
}

/** By the scheme of a URL. */
const STORES: Readonly<Record<string, (url: string, options: StoreOptions) => Promise<Store>>> = {
  folder: async (url, options) => new FolderStore(url.slice('folder:'.length), options),
  http: ClickHouseStore.open,
  https: ClickHouseStore.open,
};

/**
 * Opens the store at a URL: `folder:DIR` is a folder of this machine, which is made when something is pushed. `http://HOST:8123/DATABASE` is a ClickHouse
 * with the tables of `tracemalloc fleet init`. Its user and password are in the environment.
 *
 * @throws UsageError if the URL is of no store, StoreError if the server cannot be reached, or has no such tables
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
  if (Object.hasOwn(STORES, scheme) && rest !== '') {
    if (scheme !== 'folder') storeAddress(url);
    return scheme;
  }
  throw new UsageError(`${withoutSecrets(url)} is no store; give folder:DIR, such as folder:./profiles, or http://HOST:8123/DATABASE`);
}

/** What stands before an @ may have a password in it. */
function withoutSecrets(url: string): string {
  return url.includes('@') ? 'this' : JSON.stringify(url);
}
