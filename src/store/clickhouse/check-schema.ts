import { StoreError } from '../../errors.js';
import { printable } from '../../text/printable.js';
import type { ClickHouse } from './client.js';
import { OLDEST_SERVER, SCHEMA_VERSION, TABLES, versionIn } from './schema.js';

/** What stands in the database under the names of our tables. Each is ours, and of a version that we know. @throws StoreError */
export async function existingTables(clickHouse: ClickHouse): Promise<string[]> {
  const { host, database } = clickHouse.place;
  const [[version] = ['']] = await clickHouse.query<[string]>('SELECT version()');
  if (!/^\d+\.\d+/.test(version))
    throw new StoreError(`cannot ask ClickHouse at ${host}: it answers as no ClickHouse does; check host and port`);
  if (isOlder(version))
    throw new StoreError(
      `ClickHouse at ${host} is version ${printable(version)}, which is too old for us; update it to ${OLDEST_SERVER.join('.')} or later`,
    );
  const tables = await clickHouse.query<[name: string, comment: string]>(
    'SELECT name, comment FROM system.tables WHERE database = {database:String} AND name IN {names:Array(String)}',
    { database, names: TABLES.flatMap(({ name }) => [name, `${name}_local`]) },
  );
  const where = `in the database ${JSON.stringify(database)} at ${host}`;
  for (const [name, comment] of tables) {
    const found = versionIn(comment);
    if (found === null)
      throw new StoreError(`the table ${name} ${where} is not one that tracemalloc fleet init made; give another database in the URL`);
    if (found > SCHEMA_VERSION)
      throw new StoreError(
        `the tables ${where} are of schema ${found}, and this version knows up to ${SCHEMA_VERSION}; update node-tracemalloc`,
      );
  }
  return tables.map(([name]) => name);
}

/** @throws StoreError that says how to make the tables, if one is missing */
export async function checkSchema(clickHouse: ClickHouse): Promise<void> {
  const existing = await existingTables(clickHouse);
  const { host, database } = clickHouse.place;
  const missing = TABLES.find(({ name }) => !existing.includes(name));
  if (missing)
    throw new StoreError(
      `the database ${JSON.stringify(database)} at ${host} has no table ${missing.name}; run tracemalloc fleet init with this URL`,
    );
}

function isOlder(version: string): boolean {
  const [year = 0, month = 0] = version.split('.').map(Number);
  return year < OLDEST_SERVER[0] || (year === OLDEST_SERVER[0] && month < OLDEST_SERVER[1]);
}
