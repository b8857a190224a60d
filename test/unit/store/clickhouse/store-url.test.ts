import { describe, expect, it } from '@jest/globals';
import { storeAddress } from '../../../../src/store/clickhouse/store-url.js';
import { checkStoreUrl } from '../../../../src/store/open/open-store.js';

describe('storeAddress', () => {
  it.each([
    ['http://clickhouse:8123/fleet', 'http://clickhouse:8123', 'fleet'],
    ['https://ch.example.com/a%2Fb/', 'https://ch.example.com', 'a/b'],
    ['http://[::1]:8123', 'http://[::1]:8123', 'default'],
  ])('of %s', (url, origin, database) => {
    expect(storeAddress(url)).toEqual({ origin, database });
  });

  it.each([
    ['http://user:secret@host/fleet', /has a user or a password in it/],
    ['http://secret@host/fleet', /has a user or a password in it/],
    ['http://host/fleet?password=secret', /has parameters behind a "\?"/],
    ['http://host/fleet/secret', /more than one name/],
    ['http://host/%E0%A4%A', /encodes nothing/],
    ['ftp://user:secret@host', /is not one of ClickHouse/],
    ['http://user:secret@:x/', /is not one of ClickHouse/],
  ])('refuses %s, and does not repeat it', (url, message) => {
    expect(() => storeAddress(url)).toThrow(message);
    expect(() => storeAddress(url)).not.toThrow(/secret/);
    expect(() => checkStoreUrl(url)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.not.stringContaining('secret') }) as never,
    );
  });
});
