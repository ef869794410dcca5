import fc from 'fast-check';
import {
  encodeSpdyControl,
  encodeSpdyData,
  encodeSpdyGoAway,
  encodeSpdyPing,
  encodeSpdyRstStream,
  encodeSpdySynReply,
  encodeSpdySynStream,
  SpdyDecoder,
  SpdyFrameType,
  SpdyHeaderEncoder,
} from '../spdy';
import { codeOf, errorNameOf } from '../testing/cuts';
import {
  CLOSED,
  data,
  injectionOf,
  spdyTap,
  STDIN_CLOSED,
  SUCCESS,
  told,
  V4,
  websocketTap,
} from '../testing/remoteCommand';

describe('a tap on SPDY', () => {
  const TYPES = ['error', 'stdin', 'stdout', 'stderr', 'resize'];

  /** A tap whose client has opened these streams: ids 1, 3, 5, ... */
  function opened(types: string[], options?: { version?: string }) {
    const tap = spdyTap(options?.version ?? V4);
    const client = SpdyHeaderEncoder.create();
    types.forEach((type, index) => {
      const block = client.encode([['streamtype', type]]);
      tap.pushFromClient(encodeSpdySynStream(2 * index + 1, block));
    });
    return tap;
  }

  /** The same, accepted by the server. */
  function accepted(types: string[], options?: { version?: string }) {
    const tap = opened(types, options);
    const server = SpdyHeaderEncoder.create();
    types.forEach((_, index) => {
      const reply = encodeSpdySynReply(2 * index + 1, server.encode([]));
      tap.pushFromServer(reply);
    });
    return tap;
  }

  const dataOn = (streamId: number, text: string, fin = false) =>
    encodeSpdyData(streamId, Buffer.from(text), { fin });

  it('knows streams by their header, whatever their number', () => {
    const tap = accepted(['stdout', 'resize', 'other', 'stdin']);
    const size = dataOn(3, '{"Width":80,"Height":24}');
    expect(tap.pushFromClient(size)).toEqual([
      { type: 'resize', columns: 80, rows: 24 },
    ]);
    expect(told(tap.pushFromClient(dataOn(7, 'ls\n')))).toEqual([
      data('stdin', 'ls\n'),
    ]);
    expect(told(tap.pushFromServer(dataOn(1, 'out')))).toEqual([
      data('stdout', 'out'),
    ]);
    expect(tap.pushFromClient(dataOn(1, 'x'))).toEqual([]);
    expect(tap.pushFromClient(dataOn(5, 'x'))).toEqual([]);
    expect(tap.pushFromServer(dataOn(7, 'x'))).toEqual([]);
    expect(tap.pushFromServer(dataOn(99, 'x'))).toEqual([]);
  });

  it('joins a size that is cut at any place', () => {
    const tap = accepted(TYPES);
    const events = Array.from('{"Width":80,"Height":24}\n').flatMap(text =>
      tap.pushFromClient(dataOn(9, text)),
    );
    expect(events).toEqual([{ type: 'resize', columns: 80, rows: 24 }]);
  });

  it('records stdin that comes before the reply or after the end', () => {
    const tap = opened(TYPES);
    expect(told(tap.pushFromClient(dataOn(3, 'a', true)))).toEqual([
      data('stdin', 'a'),
      STDIN_CLOSED,
    ]);
    expect(told(tap.pushFromClient(dataOn(3, 'b', true)))).toEqual([
      data('stdin', 'b'),
    ]);
  });

  it.each([
    ['a reset', encodeSpdyRstStream(3, 5)],
    [
      'HEADERS with fin',
      encodeSpdyControl(
        8,
        Buffer.concat([
          Buffer.from([0, 0, 0, 3]),
          Buffer.from([0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0]),
        ]),
        1,
      ),
    ],
  ])('takes %s for the end of stdin', (_, bytes) => {
    expect(accepted(TYPES).pushFromClient(bytes)).toEqual([STDIN_CLOSED]);
  });

  it('refuses stream ids that are even, repeated or descending', () => {
    for (const streamId of [2, 3, 1]) {
      const tap = opened(['error', 'stdin']);
      const bytes = encodeSpdySynStream(streamId, Buffer.from('0004', 'hex'));
      expect(codeOf(() => tap.pushFromClient(bytes))).toBe('invalid_headers');
      const valid = encodeSpdySynStream(
        streamId,
        Buffer.from('000400fbff00000000', 'hex'),
      );
      const again = opened(['error', 'stdin']);
      expect(codeOf(() => again.pushFromClient(valid))).toBe('invalid_frame');
    }
  });

  it('refuses a seventeenth stream', () => {
    const types = Array.from({ length: 16 }, () => 'stdin');
    expect(() => opened(types)).not.toThrow();
    expect(codeOf(() => opened([...types, 'stdin']))).toBe('too_large');
  });

  it('refuses more header blocks than all streams together need', () => {
    const tap = spdyTap(V4);
    const client = SpdyHeaderEncoder.create();
    const headers = () =>
      encodeSpdyControl(
        SpdyFrameType.headers,
        Buffer.concat([Buffer.from([0, 0, 0, 1]), client.encode([])]),
      );
    for (let count = 0; count < 64; count++) {
      expect(tap.pushFromClient(headers())).toEqual([]);
    }
    expect(codeOf(() => tap.pushFromClient(headers()))).toBe('too_large');
  });

  it('reads the JSON status as soon as it is whole', () => {
    const tap = accepted(TYPES);
    expect(tap.pushFromServer(dataOn(1, '{"status":'))).toEqual([]);
    expect(tap.pushFromServer(dataOn(1, '"Success"}'))).toEqual([SUCCESS]);
    expect(tap.pushFromServer(encodeSpdyRstStream(1, 5))).toEqual([]);
  });

  it.each([
    ['fin', dataOn(1, '', true)],
    ['a reset', encodeSpdyRstStream(1, 5)],
    ['GOAWAY', encodeSpdyGoAway(9)],
  ])('reads plain text before v4, whole at %s', (_, end) => {
    const failed = accepted(TYPES, { version: 'v3.channel.k8s.io' });
    expect(failed.pushFromServer(dataOn(1, 'exit '))).toEqual([]);
    expect(failed.pushFromServer(dataOn(1, '7'))).toEqual([]);
    expect(failed.pushFromServer(end)[0]).toEqual({
      type: 'status',
      success: false,
      message: 'exit 7',
    });
    const succeeded = accepted(TYPES, { version: 'channel.k8s.io' });
    expect(succeeded.pushFromServer(end)[0]).toEqual(SUCCESS);
  });

  it('tells of GOAWAY once, whoever sends it', () => {
    const tap = accepted(TYPES);
    expect(tap.pushFromClient(encodeSpdyGoAway(0))).toEqual([CLOSED]);
    expect(tap.pushFromServer(encodeSpdyGoAway(9))).toEqual([]);
  });

  it('lets pings and streams of a server pass', () => {
    const tap = accepted(TYPES);
    const push = encodeSpdySynStream(
      2,
      Buffer.from('000400fbff00000000', 'hex'),
    );
    const bytes = Buffer.concat([encodeSpdyPing(1), push, dataOn(2, 'x')]);
    expect(tap.pushFromServer(bytes)).toEqual([]);
  });

  it('writes output only to a stream that client and server have open', () => {
    expect(injectionOf(spdyTap(V4)).encodeOutput('x')).toBeUndefined();
    expect(injectionOf(opened(TYPES)).encodeOutput('x')).toBeUndefined();
    const tap = accepted(TYPES);
    expect(injectionOf(tap).encodeOutput('✓')).toEqual(dataOn(5, '✓'));
    tap.pushFromServer(dataOn(5, '', true));
    expect(injectionOf(tap).encodeOutput('x')).toEqual(dataOn(7, 'x'));
    tap.pushFromClient(encodeSpdyRstStream(7, 5));
    expect(injectionOf(tap).encodeOutput('x')).toBeUndefined();
    expect(
      injectionOf(accepted(['error', 'stderr'])).encodeOutput('x'),
    ).toEqual(dataOn(3, 'x'));
  });

  it('can inject behind the last whole frame until the server closes', () => {
    const tap = accepted(TYPES);
    const before = injectionOf(tap).encodeEnd({ message: 'ended' });
    const [begun, rest] = [dataOn(5, 'cd', true), 'd'].map(bytes =>
      Buffer.from(bytes),
    );
    tap.pushFromServer(
      Buffer.concat([dataOn(5, 'ab'), begun.subarray(0, begun.length - 1)]),
    );
    expect(tap.boundary).toBe(10);
    expect(injectionOf(tap).encodeEnd({ message: 'ended' })).toEqual(before);
    expect(injectionOf(tap).encodeOutput('x')).toEqual(dataOn(5, 'x'));
    tap.pushFromServer(rest);
    expect(tap.boundary).toBe(1);
    expect(injectionOf(tap).encodeOutput('x')).toEqual(dataOn(7, 'x'));
    tap.pushFromServer(encodeSpdyGoAway(9));
    expect(tap.injection()).toBeUndefined();
    expect(tap.boundary).toBe(16);
  });

  function framesOf(bytes: Buffer) {
    const frames: unknown[] = [];
    SpdyDecoder.create(item =>
      frames.push('data' in item ? item.data.toString() : item),
    ).push(bytes);
    return frames;
  }
  const fin = (streamId: number) => ({ type: 'dataEnd', streamId, fin: true });

  it('ends output before the error, then the connection', () => {
    const tap = accepted(TYPES);
    const end = injectionOf(tap).encodeEnd({
      message: 'ended',
      reason: 'Expired',
    });
    expect(framesOf(end)).toEqual([
      fin(3),
      fin(5),
      fin(7),
      fin(9),
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"ended","reason":"Expired"}',
      fin(1),
      { type: 'goAway', lastStreamId: 9, status: 0 },
    ]);
    expect(tap.pushFromServer(end)).toEqual([
      {
        type: 'status',
        success: false,
        message: 'ended',
        reason: 'Expired',
      },
      CLOSED,
    ]);
  });

  it('still knows what fitted before a chunk that is not released', () => {
    const tap = opened(['error', 'stdout']);
    const reply = SpdyHeaderEncoder.create().encode([]);
    const before = injectionOf(tap);
    tap.pushFromServer(encodeSpdySynReply(3, reply));
    tap.pushFromServer(encodeSpdyGoAway(0));
    expect(before.encodeOutput('x')).toBeUndefined();
    expect(framesOf(before.encodeEnd({ message: 'ended' }))).toEqual([
      { type: 'rstStream', streamId: 1, status: 3 },
      { type: 'rstStream', streamId: 3, status: 3 },
      { type: 'goAway', lastStreamId: 3, status: 0 },
    ]);
  });

  it('ends with plain text before v4', () => {
    const tap = accepted(['error'], { version: 'channel.k8s.io' });
    expect(framesOf(injectionOf(tap).encodeEnd({ message: 'ended' }))[0]).toBe(
      'ended',
    );
  });

  it('ends what is still open: streams not accepted by a reset', () => {
    const tap = opened(['error', 'stdout']);
    const reply = SpdyHeaderEncoder.create().encode([]);
    tap.pushFromServer(encodeSpdySynReply(1, reply));
    tap.pushFromServer(dataOn(1, '{"status":"Success"}', true));
    expect(framesOf(injectionOf(tap).encodeEnd({ message: 'late' }))).toEqual([
      { type: 'rstStream', streamId: 3, status: 3 },
      { type: 'goAway', lastStreamId: 3, status: 0 },
    ]);
  });
});

it.each([
  ['websocket', websocketTap],
  ['spdy', spdyTap],
] as const)('a tap on %s throws nothing but ProtocolErrors', (_, create) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), chunks => {
      const tap = create(V4);
      const name = errorNameOf(() =>
        chunks.forEach(chunk => {
          tap.pushFromServer(Buffer.from(chunk));
          tap.pushFromClient(Buffer.from(chunk));
        }),
      );
      expect([undefined, 'ProtocolError']).toContain(name);
    }),
  );
});
