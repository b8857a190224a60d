import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readCredentials } from '../../../../src/store/clickhouse/credentials.js';
import { reapTargets, temporaryFolder } from '../../../helpers/target-process.js';

describe('readCredentials', () => {
  afterAll(reapTargets);

  it('takes those of the environment', () => {
    expect(readCredentials({})).toEqual({ username: 'default', password: '' });
    expect(readCredentials({ CLICKHOUSE_USER: 'me', CLICKHOUSE_PASSWORD: 'pass word' })).toEqual({ username: 'me', password: 'pass word' });
  });

  it('prefers a file, whose password may have colons', () => {
    const file = join(temporaryFolder(), 'credentials');
    writeFileSync(file, 'me:pass:word \r\nsecond line\n');
    const env = { TRACEMALLOC_STORE_CREDENTIALS: file, CLICKHOUSE_USER: 'other', CLICKHOUSE_PASSWORD: 'other' };
    expect(readCredentials(env)).toEqual({ username: 'me', password: 'pass:word ' });
  });

  it('refuses a file that is none, and does not repeat it', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'credentials');
    writeFileSync(file, 'secret\n');
    expect(() => readCredentials({ TRACEMALLOC_STORE_CREDENTIALS: file })).toThrow(/must have USER:PASSWORD on its first line/);
    expect(() => readCredentials({ TRACEMALLOC_STORE_CREDENTIALS: file })).not.toThrow(/secret/);
    expect(() => readCredentials({ TRACEMALLOC_STORE_CREDENTIALS: join(folder, 'none') })).toThrow(/cannot be read \(ENOENT\)/);
  });
});
