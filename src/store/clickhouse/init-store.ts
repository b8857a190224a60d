import { checkSchema, existingTables } from './check-schema.js';
import { ClickHouse } from './client.js';
import { readCredentials } from './credentials.js';
import { createTables, identifier } from './schema.js';
import { storeAddress } from './store-url.js';

const TIMEOUT_MS = 120_000; // each server of a cluster answers

export interface InitOptions {
  /** null: one server. */
  readonly cluster: string | null;
  readonly env: NodeJS.ProcessEnv;
}

/** The SQL that `initStore` would run. Asks no server. @throws UsageError for a wrong URL */
export function initSql(url: string, { cluster }: Pick<InitOptions, 'cluster'>): string[] {
  const { database } = storeAddress(url);
  const on = cluster === null ? '' : ` ON CLUSTER ${identifier(cluster)}`;
  return [`CREATE DATABASE IF NOT EXISTS ${identifier(database)}${on}`, ...createTables(cluster)];
}

/**
 * Creates the database and the tables that are missing. It may run again.
 *
 * @returns the names of the tables that it created
 * @throws StoreError if there are other tables of these names, or if the schema is of a later version
 */
export async function initStore(url: string, { cluster, env }: InitOptions): Promise<string[]> {
  const [createDatabase = '', ...tables] = initSql(url, { cluster });
  const options = { address: storeAddress(url), credentials: readCredentials(env), timeoutMs: TIMEOUT_MS };
  await using server = await connection({ ...options, isNew: true });
  const existing = await existingTables(server.clickHouse);
  await server.clickHouse.command(createDatabase);
  await using store = await connection(options);
  for (const sql of tables) await store.clickHouse.command(sql);
  await checkSchema(store.clickHouse);
  return tables.map((sql) => /EXISTS (\w+)/.exec(sql)![1]!).filter((name) => !existing.includes(name));
}

async function connection(options: Parameters<typeof ClickHouse.open>[0]) {
  const clickHouse = await ClickHouse.open(options);
  return { clickHouse, [Symbol.asyncDispose]: () => clickHouse.close() };
}
