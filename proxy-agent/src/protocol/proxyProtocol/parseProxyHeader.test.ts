import { parseProxyHeader } from './parseProxyHeader';

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** A header of version 2 as it stands in the specification. */
const v2 = (command: number, family: number, rest: Buffer) =>
  Buffer.concat([
    SIGNATURE,
    Buffer.from([command, family, rest.length >> 8, rest.length & 0xff]),
    rest,
  ]);
const IPV4 = Buffer.from('c0000201c6336407dc041947', 'hex');
const IPV6 = Buffer.concat([
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.from('20010db8000000000000000000000002', 'hex'),
  Buffer.from('dc041947', 'hex'),
]);
/** PP2_TYPE_UNIQUE_ID with three bytes. */
const TLV = Buffer.from('050003616263', 'hex');

const HEADERS: [string, Buffer, string | undefined][] = [
  [
    'v1 over IPv4',
    Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 56324 6443\r\n'),
    '192.0.2.1',
  ],
  [
    'v1 over IPv6',
    Buffer.from('PROXY TCP6 2001:db8::1 2001:db8::2 56324 6443\r\n'),
    '2001:db8::1',
  ],
  ['v1 of an unknown client', Buffer.from('PROXY UNKNOWN\r\n'), undefined],
  [
    'v1 of an unknown client with words',
    Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'),
    undefined,
  ],
  ['v2 over IPv4', v2(0x21, 0x11, IPV4), '192.0.2.1'],
  [
    'v2 over IPv4 with more behind',
    v2(0x21, 0x11, Buffer.concat([IPV4, TLV])),
    '192.0.2.1',
  ],
  ['v2 over IPv6', v2(0x21, 0x21, IPV6), '2001:db8:0:0:0:0:0:1'],
  ['v2 of the balancer itself', v2(0x20, 0x00, Buffer.alloc(0)), undefined],
  ['v2 of the balancer itself with addresses', v2(0x20, 0x11, IPV4), undefined],
  ['v2 of a family that is not told', v2(0x21, 0x00, TLV), undefined],
  ['v2 of a unix socket', v2(0x21, 0x31, Buffer.alloc(216)), undefined],
];

describe('parseProxyHeader', () => {
  it.each(HEADERS)('reads %s, split at every byte', (_, header, source) => {
    const following = Buffer.from('\x16\x03\x01 the client', 'latin1');
    const all = Buffer.concat([header, following]);
    for (let length = 0; length < header.length; length++) {
      expect(parseProxyHeader(all.subarray(0, length))).toEqual({
        state: 'incomplete',
      });
    }
    for (let length = header.length; length <= all.length; length++) {
      expect(parseProxyHeader(all.subarray(0, length))).toEqual({
        state: 'complete',
        source,
        length: header.length,
      });
    }
  });

  it.each<[string, Buffer | string]>([
    ['a request', 'GET / HTTP/1.1\r\n'],
    ['TLS', Buffer.from('160301', 'hex')],
    ['v1 in lower case', 'proxy TCP4 192.0.2.1 198.51.100.7 1 2\r\n'],
    ['v1 of another protocol', 'PROXY UDP4 192.0.2.1 198.51.100.7 1 2\r\n'],
    ['v1 with a name', 'PROXY TCP4 localhost 198.51.100.7 1 2\r\n'],
    ['v1 with an address of the other family', 'PROXY TCP4 ::1 ::2 1 2\r\n'],
    [
      'v1 with a port that is none',
      'PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n',
    ],
    ['v1 with two spaces', 'PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n'],
    ['v1 that lacks a port', 'PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n'],
    [
      'v1 with a bare line feed',
      `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n${'x'.repeat(80)}`,
    ],
    ['v1 without an end', `PROXY UNKNOWN ${'x'.repeat(93)}`],
    ['v2 of another version', v2(0x11, 0x11, IPV4)],
    ['v2 of an unknown command', v2(0x22, 0x11, IPV4)],
    [
      'v2 that is too short for its addresses',
      v2(0x21, 0x11, IPV4.subarray(1)),
    ],
    ['v2 with more than a balancer says', v2(0x21, 0x11, Buffer.alloc(4097))],
  ])('refuses %s', (_, bytes) => {
    expect(parseProxyHeader(Buffer.from(bytes))).toEqual({ state: 'invalid' });
  });

  it('refuses a length that is too long before it has come', () => {
    const header = v2(0x21, 0x11, Buffer.alloc(4097)).subarray(0, 16);
    expect(parseProxyHeader(header)).toEqual({ state: 'invalid' });
  });
});
