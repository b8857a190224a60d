import type { ClickHouseClient } from '@clickhouse/client';
import type { Credentials } from './credentials.js';
import { type Doing, type Place, storeError } from './store-errors.js';
import type { StoreAddress } from './store-url.js';

/** Values by name of a parameter: `{name:Type}` in the SQL. No value ever stands in the SQL itself. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A row to insert: a value for each column. 64-bit integers and longer ones are strings. */
export type Row = readonly unknown[];

export interface ClickHouseOptions {
  readonly address: StoreAddress;
  readonly credentials: Credentials;
  /** How long the server may be silent. */
  readonly timeoutMs: number;
  /** Whether the database may be missing. */
  readonly isNew?: boolean;
}

/** One ClickHouse over HTTP. Each method throws StoreError; `insert` throws BadProfileError if the server cannot read the rows. */
export class ClickHouse {
  readonly place: Place;
  readonly #client: ClickHouseClient;

  private constructor(client: ClickHouseClient, place: Place) {
    this.#client = client;
    this.place = place;
  }

  /** Loads the client's code. Nothing is sent yet. */
  static async open({ address, credentials, timeoutMs, isNew = false }: ClickHouseOptions): Promise<ClickHouse> {
    const { createClient, ClickHouseLogLevel } = await import('@clickhouse/client');
    const client = createClient({
      url: address.origin,
      ...(!isNew && { database: address.database }),
      username: credentials.username,
      password: credentials.password,
      application: 'node-tracemalloc',
      request_timeout: timeoutMs,
      compression: { request: true, response: true },
      use_multipart_params_auto: true,
      json: { parse: JSON.parse, stringify: wellFormedJson },
      log: { level: ClickHouseLogLevel.OFF }, // an error is told once, by us
    });
    return new ClickHouse(client, { host: new URL(address.origin).host, ...address, username: credentials.username, timeoutMs });
  }

  /** The server sends no row before it knows them all, so that an answer is whole or an error. */
  async query<R extends Row>(sql: string, parameters: Parameters = {}): Promise<R[]> {
    return await this.#told('ask', async () => {
      const answer = await this.#client.query({
        query: sql,
        query_params: { ...parameters },
        format: 'JSONCompactEachRow',
        clickhouse_settings: { wait_end_of_query: 1, join_use_nulls: 0 },
      });
      return await answer.json<R>();
    });
  }

  async command(sql: string, parameters: Parameters = {}): Promise<void> {
    await this.#told('change', () => this.#client.command({ query: sql, query_params: { ...parameters } }));
  }

  /**
   * The server collects small inserts of all its clients into large ones, and answers when the rows are stored: on all shards, if the table is
   * distributed.
   */
  async insert(table: string, columns: readonly [string, ...string[]], rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#told('push to', () =>
      this.#client.insert({
        table,
        columns: [...columns],
        values: rows,
        format: 'JSONCompactEachRow',
        clickhouse_settings: { async_insert: 1, wait_for_async_insert: 1, distributed_foreground_insert: 1 },
      }),
    );
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #told<T>(doing: Doing, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeError(error, doing, this.place);
    }
  }
}

/** ClickHouse refuses lone surrogates, which JavaScript has in names and labels: a text that was cut within an emoji ends in one. */
function wellFormedJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes('\\ud') ? text.replace(/\\(?:\\|ud[0-9a-f]{3})/g, (found) => (found === '\\\\' ? found : '\\ufffd')) : text;
}
