import { expect, test } from '@jest/globals';
import { parseSocketTable } from '../../../src/protocol/proc.js';

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

test('listening sockets of /proc/net/tcp and tcp6, addresses in the byte order of the machine', () => {
  const rows = [
    '   0: 0100007F:240D 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0000000000000000 100 0 0 10 0',
    '   1: 0100007F:240D 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 222 1 0000000000000000 20 4 0 10 -1',
    '   2: 0301A8C0:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 333 1 0000000000000000 100 0 0 10 0',
    '   3: 00000000000000000000000001000000:240E 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 444 1 0',
    '',
  ];
  expect(parseSocketTable(HEADER + rows.join('\n'))).toEqual([
    ['socket:[111]', { host: '127.0.0.1', port: 9229 }],
    ['socket:[333]', { host: '192.168.1.3', port: 8080 }],
    ['socket:[444]', { host: '::1', port: 9230 }],
  ]);
});

test('an empty table', () => {
  expect(parseSocketTable('')).toEqual([]);
});
