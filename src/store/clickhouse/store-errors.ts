import { BadProfileError, StoreError, type TracemallocError } from '../../errors.js';
import { printable } from '../../text/printable.js';

/** Whom we speak to, for messages. */
export interface Place {
  readonly host: string;
  readonly database: string;
  readonly username: string;
  readonly timeoutMs: number;
}

/** By ClickHouse's number of an error: https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp. */
const BY_CODE: Readonly<Record<string, (place: Place, said: string) => string>> = {
  516: wrongCredentials,
  194: wrongCredentials,
  192: wrongCredentials,
  497: ({ username }, said) => `it does not let the user ${quoted(username)} do that (${said}); grant it, or use another user`,
  81: ({ database }) => `it has no database ${quoted(database)}; run tracemalloc fleet init with this URL`,
  60: missingTables,
  47: otherTables,
  243: diskFull,
  241: (_place, said) => `it has too little memory for that (${said}); ask about less: a shorter time, one release, or fewer hosts`,
  159: () => 'it stopped because that took longer than it allows; ask about less, or raise max_execution_time',
  252: () => 'it has too many parts to merge; push less often, or larger batches',
  202: () => 'it has too many queries at a time; try again later',
  242: () => 'its table is read-only, because it has lost its Keeper; see to that first',
};

/** ClickHouse's numbers of errors about a row that it cannot read. */
const BAD_ROWS = new Set(['6', '25', '26', '27', '38', '41', '72', '117', '321']);

/** By what Node says about a connection. */
const BY_CONNECTION: readonly (readonly [RegExp, (place: Place) => string])[] = [
  [/ECONNREFUSED/, () => 'nothing listens there; is ClickHouse running, and is this the port of its HTTP interface (8123)?'],
  [/ENOTFOUND|EAI_AGAIN/, () => 'there is no such host; check the name'],
  [/EHOSTUNREACH|ENETUNREACH/, () => 'there is no way to this host; check the network'],
  [/CERT_|self.signed|certificate/i, () => 'its certificate is not trusted; give it to Node with NODE_EXTRA_CA_CERTS'],
  [/wrong version number|EPROTO|packet length too long/i, () => 'it does not speak TLS on this port; give http:// or another port'],
  [/[Tt]imeout|ETIMEDOUT/, ({ timeoutMs }) => `it did not answer within ${timeoutMs / 1000} s; try again, or ask about less`],
  [
    /ECONNRESET|socket hang up|aborted|premature|unexpected end of file|incorrect data check|EPIPE|end of JSON input|Unterminated/i,
    () => 'the connection broke before the answer was whole; try again',
  ],
];

/** What we were about to do, before the name of the store. */
export type Doing = 'ask' | 'change' | 'push to';

/** @returns an error of one line that never has the password: BadProfileError if the server cannot read the rows of a profile, or else StoreError */
export function storeError(cause: unknown, doing: Doing, place: Place): TracemallocError {
  const { message = String(cause), code = '' } = cause as Partial<Error & { code: string }>;
  const said = printable(message.trim().replace(/\s+/g, ' '));
  if (doing === 'push to' && BAD_ROWS.has(code))
    return new BadProfileError(`ClickHouse at ${place.host} cannot store it: ${said}`, { cause });
  const told = BY_CODE[code]?.(place, said) ?? connectionFailure(`${code} ${message}`, place) ?? elsewhere(message, code, said);
  return new StoreError(`cannot ${doing} ClickHouse at ${place.host}: ${told}`, { cause });
}

/** Disk errors come as errors of the system, too. */
function elsewhere(message: string, code: string, said: string): string {
  if (/No space left on device|errno: 28|Insufficient Storage/i.test(message)) return diskFull();
  if (/(Entity|Payload|Content) Too Large/i.test(message))
    return 'what stands before it takes no request of this size; raise its limit (client_max_body_size of nginx)';
  if (!/^\d+$/.test(code)) return `it answers as no ClickHouse does (${said}); check host and port`;
  return `it says: ${said}`;
}

function connectionFailure(text: string, place: Place): string | undefined {
  if (/^\d/.test(text)) return undefined; // an error of the server
  return BY_CONNECTION.find(([pattern]) => pattern.test(text))?.[1](place);
}

function wrongCredentials({ username }: Place): string {
  return `it refuses the user ${quoted(username)} with this password; set CLICKHOUSE_USER and CLICKHOUSE_PASSWORD, or TRACEMALLOC_STORE_CREDENTIALS`;
}

function missingTables({ database }: Place): string {
  return `the database ${quoted(database)} has no tables for profiles; run tracemalloc fleet init with this URL`;
}

function otherTables({ database }: Place): string {
  return `the tables for profiles in the database ${quoted(database)} are not as we made them; give another database, and run tracemalloc fleet init`;
}

function diskFull(): string {
  return 'its disk is full; make room, or shorten the time that the tables keep';
}

function quoted(name: string): string {
  return JSON.stringify(printable(name));
}
