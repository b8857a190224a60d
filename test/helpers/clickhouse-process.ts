import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serveEngine } from './clickhouse-http.js';

/*
 * Runs ClickHouse's engine in a process of its own, behind the part of its HTTP interface that the official client uses. Arguments: the folder of the
 * installed packages, and the folder of the data. Prints the port.
 */
const [packages = '', data = ''] = process.argv.slice(2);
const { Session } = createRequire(join(packages, 'package.json'))('chdb');
const session = new Session(data, { connectionArgs: (process.env.CLICKHOUSE_ARGUMENTS ?? '--max_threads=2').split(' ') });
const query = async (sql: string, format: string): Promise<Uint8Array> => (await session.queryAsync(sql, { format })).bytes();
const user = { name: process.env.CLICKHOUSE_USER ?? 'default', password: process.env.CLICKHOUSE_PASSWORD ?? '' };
const port = await serveEngine(query, user);
process.stdout.write(`ready on ${port}\n`);
process.stdin.on('end', () => process.exit(0)).resume(); // ends with the test, however that ends
