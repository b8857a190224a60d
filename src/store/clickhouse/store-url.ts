import { UsageError } from '../../errors.js';

/** Where a ClickHouse is: `http://clickhouse:8123`, and the database in it. */
export interface StoreAddress {
  readonly origin: string;
  readonly database: string;
}

/** ClickHouse's own database for tables of no other. */
const DEFAULT_DATABASE = 'default';

/** @throws UsageError that does not repeat the URL, which may have a password in it */
export function storeAddress(text: string): StoreAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hash !== '')
    throw new UsageError('the URL of the store is not one of ClickHouse; give http://HOST:8123/DATABASE or https://HOST:8443/DATABASE');
  if (url.username !== '' || url.password !== '')
    throw new UsageError(
      'the URL of the store has a user or a password in it, which other users of this machine can read; take them out, and set CLICKHOUSE_USER and CLICKHOUSE_PASSWORD, or TRACEMALLOC_STORE_CREDENTIALS',
    );
  if (url.search !== '')
    throw new UsageError(
      'the URL of the store has parameters behind a "?"; take them out: only the database follows the host, and credentials come from the environment',
    );
  const [database = '', ...rest] = url.pathname.slice(1).replace(/\/$/, '').split('/');
  if (rest.length > 0) throw new UsageError('the URL of the store has more than one name behind its host; give http://HOST:8123/DATABASE');
  return { origin: url.origin, database: decoded(database) || DEFAULT_DATABASE };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new UsageError('the name of the database in the URL of the store has a "%" that encodes nothing; write it as %25');
  }
}
