import { expect, test } from '@jest/globals';
import { parseSocketTable } from '../../../src/discovery/socket-table.js';

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const ROWS = [
  '   0: 0100007F:240D 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0000000000000000 100 0 0 10 0',
  '   1: 0100007F:240D 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 222 1 0000000000000000 20 4 0 10 -1',
  '   2: 0301A8C0:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 333 1 0000000000000000 100 0 0 10 0',
  '   3: 00000000000000000000000001000000:240E 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 444 1 0',
  '   4: 0100007F:240D 0100007F:9C41 08 00000000:00000000 00:00000000 00000000  1000        0 555 1 0000000000000000 20 4 0 10 -1',
  '',
];

test('listening sockets of /proc/net/tcp and tcp6, addresses in the byte order of the machine', () => {
  expect(parseSocketTable(HEADER + ROWS.join('\n'), 'listening')).toEqual([
    { name: 'socket:[111]', local: { host: '127.0.0.1', port: 9229 }, uid: 1000 },
    { name: 'socket:[333]', local: { host: '192.168.1.3', port: 8080 }, uid: 33 },
    { name: 'socket:[444]', local: { host: '::1', port: 9230 }, uid: 0 },
  ]);
});

test('connections that are open on both sides', () => {
  expect(parseSocketTable(HEADER + ROWS.join('\n'), 'established')).toEqual([
    { name: 'socket:[222]', local: { host: '127.0.0.1', port: 9229 }, uid: 1000 },
  ]);
});

test('an empty table', () => {
  expect(parseSocketTable('', 'listening')).toEqual([]);
});
