import fc from 'fast-check';
import { bytesFrom, readCapture } from '../../../test/captures/readCapture';
import { cut, errorNameOf } from '../testing/cuts';
import {
  decode,
  decodeOne,
  errorOf,
  hex,
  readable,
  uint32,
} from '../testing/spdyFrames';
import {
  encodeSpdyControl,
  encodeSpdyData,
  encodeSpdyGoAway,
  encodeSpdyPing,
  encodeSpdyRstStream,
  encodeSpdySynReply,
  encodeSpdySynStream,
  SpdyHeaderEncoder,
} from './encodeSpdyFrame';
import { WebSocketDecoder } from '../websocket';
import { SpdyDecoder } from './SpdyDecoder';

const cutPlaces = fc.array(fc.nat(), { maxLength: 12 });

describe('SpdyDecoder', () => {
  it('decodes what kubectl and the API server say', () => {
    const capture = readCapture('server-1.32.spdy-exec-i.002');
    expect(decode([bytesFrom(capture, 'client')])).toEqual([
      synStreamOf(1, 'error'),
      synStreamOf(3, 'stdin'),
      synStreamOf(5, 'stdout'),
      synStreamOf(7, 'stderr'),
      { type: 'data', streamId: 3, data: 'hello\n' },
      { type: 'dataEnd', streamId: 3, fin: false },
      { type: 'dataEnd', streamId: 3, fin: true },
    ]);
    const replies = [1, 3, 5, 7].map(streamId => ({
      type: 'synReply',
      streamId,
      headers: {},
      fin: false,
    }));
    expect(decode([bytesFrom(capture, 'server')])).toEqual([
      ...replies,
      { type: 'data', streamId: 5, data: 'hello\n' },
      { type: 'dataEnd', streamId: 5, fin: false },
      { type: 'dataEnd', streamId: 5, fin: true },
      { type: 'dataEnd', streamId: 7, fin: true },
      {
        type: 'data',
        streamId: 1,
        data: '{"metadata":{},"status":"Success"}',
      },
      { type: 'dataEnd', streamId: 1, fin: false },
      { type: 'rstStream', streamId: 3, status: 5 },
      { type: 'rstStream', streamId: 1, status: 5 },
      { type: 'goAway', lastStreamId: 7, status: 0 },
    ]);
  });

  it('decodes port-forward streams with several headers', () => {
    const capture = readCapture('server-1.32.pf-spdy.002');
    const opened = decode([bytesFrom(capture, 'client')]).filter(
      frame => frame.type === 'synStream',
    );
    expect(opened.map(frame => 'headers' in frame && frame.headers)).toEqual([
      { streamtype: ['error'], port: ['8080'], requestid: ['0'] },
      { streamtype: ['data'], port: ['8080'], requestid: ['0'] },
    ]);
  });

  it('decodes port-forward tunnelled in WebSocket, over frame borders', () => {
    const capture = readCapture('server-1.32.pf-ws.002');
    const payloads = (side: 'client' | 'server') => {
      const chunks: Buffer[] = [];
      const decoder = WebSocketDecoder.create({
        masked: side === 'client',
        sink: {
          onDataFrame: () => {},
          onPayload: data => chunks.push(Buffer.from(data)),
          onMessageEnd: () => {},
          onControl: () => {},
        },
      });
      decoder.push(bytesFrom(capture, side));
      return chunks;
    };
    const request = decode(payloads('client')).filter(
      item => item.type === 'data',
    );
    expect(request).toEqual([
      {
        type: 'data',
        streamId: 3,
        data: 'GET / HTTP/1.1\r\nHost: 127.0.0.1:18080\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n',
      },
    ]);
    const [, , head, , body] = decode(payloads('server'));
    expect(head).toMatchObject({
      streamId: 3,
      data: expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n/),
    });
    expect(body).toEqual({
      type: 'data',
      streamId: 3,
      data: 'hello-from-pod\n',
    });
  });

  it('decodes the pings of an idle session', () => {
    const capture = readCapture('server-1.32.idle-false.002');
    for (const side of ['client', 'server'] as const) {
      const pings = decode([bytesFrom(capture, side)]).filter(
        frame => frame.type === 'ping',
      );
      expect(pings).toEqual([
        { type: 'ping', id: 1 },
        { type: 'ping', id: 3 },
      ]);
    }
  });

  it('hands data on before the frame is complete', () => {
    const heard: unknown[] = [];
    const decoder = SpdyDecoder.create(frame => heard.push(readable(frame)));
    const frame = encodeSpdyData(3, Buffer.from('stdout'), { fin: true });
    decoder.push(frame.subarray(0, 11));
    expect(heard).toEqual([{ type: 'data', streamId: 3, data: 'std' }]);
    decoder.push(frame.subarray(11));
    expect(heard.slice(1)).toEqual([
      { type: 'data', streamId: 3, data: 'out' },
      { type: 'dataEnd', streamId: 3, fin: true },
    ]);
  });

  it('passes over control frames that it does not know, of any length', () => {
    expect(
      decodeOne(
        encodeSpdyControl(10, Buffer.alloc(100_000, 0xff)),
        encodeSpdyControl(5, Buffer.alloc(0)),
        encodeSpdyPing(7),
      ),
    ).toEqual([{ type: 'ping', id: 7 }]);
  });

  it('passes over SETTINGS and WINDOW_UPDATE', () => {
    expect(
      decodeOne(
        encodeSpdyControl(4, Buffer.concat([uint32(1), Buffer.alloc(8)])),
        encodeSpdyControl(9, Buffer.concat([uint32(1), uint32(65536)])),
        encodeSpdyPing(7),
      ),
    ).toEqual([{ type: 'ping', id: 7 }]);
  });

  it.each([
    ['another version', hex('8002 0006 00000004 00000001')],
    ['data on stream 0', encodeSpdyData(0, Buffer.from('x'))],
    ['a stream 0', encodeSpdyRstStream(0, 5)],
    ['a reserved bit in a stream id', encodeSpdyRstStream(0x80000003, 5)],
    ['a short SYN_STREAM', encodeSpdyControl(1, Buffer.alloc(9))],
    ['SETTINGS with less than they say', encodeSpdyControl(4, uint32(1))],
    ['a short GOAWAY', encodeSpdyControl(7, uint32(1))],
    ['a long RST_STREAM', encodeSpdyControl(3, Buffer.alloc(9, 1))],
    ['a long WINDOW_UPDATE', encodeSpdyControl(9, Buffer.alloc(12, 1))],
    [
      'a PING that hides data from a decoder that trusts its length',
      encodeSpdyControl(
        6,
        Buffer.concat([uint32(1), encodeSpdyData(3, Buffer.from('rm -rf'))]),
      ),
    ],
    [
      'SETTINGS that hide data',
      encodeSpdyControl(
        4,
        Buffer.concat([uint32(0), encodeSpdyData(3, Buffer.from('rm -rf'))]),
      ),
    ],
  ])('refuses %s', (_, frame) => {
    expect(errorOf(frame)).toBe('invalid_frame');
  });

  it('refuses a control frame over its limit at its header', () => {
    const frame = encodeSpdyControl(8, Buffer.alloc(17 * 1024));
    expect(errorOf(frame.subarray(0, 8))).toBe('too_large');
  });

  it('knows where frames end', () => {
    const server = bytesFrom(
      readCapture('server-1.32.spdy-exec.002'),
      'server',
    );
    const boundaries = new Set<number>();
    for (let at = 0; at <= server.length; at++) {
      const decoder = SpdyDecoder.create(() => {});
      decoder.push(server.subarray(0, at));
      boundaries.add(decoder.frameBoundary ?? -1);
      decoder.push(server.subarray(at));
      expect(decoder.frameBoundary).toBe(server.length - at);
    }
    expect([...boundaries]).toEqual([
      ...[0, 28, 48, 68, 80, 92, 100, 108, 378, 394, 410],
    ]);
  });

  it('decodes what is encoded, however it is cut', () => {
    const text = fc.stringMatching(/^[a-z]{1,12}$/);
    const headers = fc.dictionary(text, text, { maxKeys: 5 });
    const streamId = fc.integer({ min: 1, max: 0x7fffffff });
    const frame = fc.oneof(
      fc.record({ type: fc.constant('synStream' as const), streamId, headers }),
      fc.record({ type: fc.constant('synReply' as const), streamId, headers }),
      fc.record({
        type: fc.constant('data' as const),
        streamId,
        data: fc.oneof(
          fc.string({ unit: 'grapheme-ascii', maxLength: 50 }),
          fc.nat(70_000).map(length => 'x'.repeat(length)),
        ),
        fin: fc.boolean(),
      }),
      fc.record({ type: fc.constant('rstStream' as const), streamId }),
      fc.record({ type: fc.constant('goAway' as const), streamId }),
    );
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 8 }),
        cutPlaces,
        (frames, places) => {
          const encoder = SpdyHeaderEncoder.create();
          const expected: unknown[] = [];
          const bytes = frames.map(item => {
            const id = item.streamId;
            switch (item.type) {
              case 'data':
                if (item.data !== '') {
                  const { data } = item;
                  expected.push({ type: 'data', streamId: id, data });
                }
                expected.push({ type: 'dataEnd', streamId: id, fin: item.fin });
                return encodeSpdyData(id, Buffer.from(item.data), item);
              case 'rstStream':
                expected.push({ type: 'rstStream', streamId: id, status: 5 });
                return encodeSpdyRstStream(id, 5);
              case 'goAway':
                expected.push({ type: 'goAway', lastStreamId: id, status: 0 });
                return encodeSpdyGoAway(id);
              default: {
                const pairs = Object.entries(item.headers);
                expected.push({
                  type: item.type,
                  streamId: id,
                  headers: Object.fromEntries(
                    pairs.map(([name, value]) => [name, [value]]),
                  ),
                  fin: false,
                });
                const block = encoder.encode(pairs);
                return item.type === 'synStream'
                  ? encodeSpdySynStream(id, block)
                  : encodeSpdySynReply(id, block);
              }
            }
          });
          const chunks = cut(Buffer.concat(bytes), places);
          expect(decode(chunks)).toEqual(expected);
        },
      ),
    );
  });

  it('never throws anything but a ProtocolError', () => {
    const wild = fc
      .uint8Array({ maxLength: 40 })
      .map(item => Buffer.from(item));
    const framed = fc
      .tuple(fc.nat(12), wild)
      .map(([type, payload]) => encodeSpdyControl(type, payload));
    fc.assert(
      fc.property(fc.array(fc.oneof(wild, framed)), chunks => {
        const name = errorNameOf(() => decode(chunks));
        expect([undefined, 'ProtocolError']).toContain(name);
      }),
    );
  });
});

function synStreamOf(streamId: number, streamtype: string) {
  const headers = { streamtype: [streamtype] };
  return { type: 'synStream', streamId, headers, fin: false };
}
