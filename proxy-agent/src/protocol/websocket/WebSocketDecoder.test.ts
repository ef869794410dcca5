import fc from 'fast-check';
import { ProtocolError } from '../ProtocolError';
import { codeOf, cut, errorNameOf } from '../testing/cuts';
import { bytesFrom, readCapture } from '../../../test/captures/readCapture';
import { encodeWebSocketFrame, WebSocketFrame } from './encodeWebSocketFrame';
import { MAX_FRAME_PAYLOAD_BYTES, WebSocketDecoder } from './WebSocketDecoder';
import { WebSocketOpcode } from './WebSocketOpcode';

type Heard = readonly [kind: string, bytes: string];

/** Decodes chunks into messages and control frames, bytes in hex. */
function decode(chunks: Buffer[], options = { masked: false }): Heard[] {
  const heard: Heard[] = [];
  let message = '';
  let kind = '';
  const decoder = WebSocketDecoder.create({
    ...options,
    sink: {
      onDataFrame: opcode => {
        kind = opcode === WebSocketOpcode.text ? 'text' : 'binary';
      },
      onPayload: data => {
        expect(data.length).toBeGreaterThan(0);
        message += data.toString('hex');
      },
      onMessageEnd: () => {
        heard.push([kind, message]);
        message = '';
      },
      onControl: (opcode, payload) => {
        heard.push([`control ${opcode}`, payload.toString('hex')]);
      },
    },
  });
  for (const chunk of chunks) {
    const before = Buffer.from(chunk);
    decoder.push(chunk);
    expect(chunk.equals(before)).toBe(true);
    chunk.fill(0x55);
  }
  return heard;
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const errorOf = (bytes: string, options?: { masked: boolean }) =>
  codeOf(() => decode([hex(bytes)], options));

const cutPlaces = fc.array(fc.nat(), { maxLength: 12 });

describe('WebSocketDecoder', () => {
  it('decodes the examples of RFC 6455, section 5.7', () => {
    expect(decode([hex('81 05 48656c6c6f')])).toEqual([['text', '48656c6c6f']]);
    expect(
      decode([hex('81 85 37fa213d 7f9f4d5158')], { masked: true }),
    ).toEqual([['text', '48656c6c6f']]);
    expect(decode([hex('01 03 48656c 80 02 6c6f')])).toEqual([
      ['text', '48656c6c6f'],
    ]);
    expect(decode([hex('89 05 48656c6c6f')])).toEqual([
      ['control 9', '48656c6c6f'],
    ]);
    expect(
      decode([hex('8a 85 37fa213d 7f9f4d5158')], { masked: true }),
    ).toEqual([['control 10', '48656c6c6f']]);
  });

  it('lets control frames come between the frames of a message', () => {
    expect(decode([hex('02 01 aa 89 00 00 01 bb 8a 01 77 80 00')])).toEqual([
      ['control 9', ''],
      ['control 10', '77'],
      ['binary', 'aabb'],
    ]);
  });

  it('accepts lengths of 16 and 64 bits, also where fewer would do', () => {
    expect(decode([hex('82 7e 0002 aabb 82 7f 0000000000000001 cc')])).toEqual([
      ['binary', 'aabb'],
      ['binary', 'cc'],
    ]);
  });

  it('hands payload on before the frame is complete', () => {
    const slices: string[] = [];
    const decoder = WebSocketDecoder.create({
      masked: true,
      sink: {
        onDataFrame: () => {},
        onPayload: data => slices.push(data.toString('latin1')),
        onMessageEnd: () => slices.push('end'),
        onControl: () => {},
      },
    });
    const frame = encodeWebSocketFrame({
      opcode: WebSocketOpcode.binary,
      payload: Buffer.from('stdout'),
      maskKey: hex('01020304'),
    });
    decoder.push(frame.subarray(0, 9));
    expect(slices).toEqual(['std']);
    decoder.push(frame.subarray(9));
    expect(slices).toEqual(['std', 'out', 'end']);
  });

  it.each([
    ['a reserved bit', 'c2 01 00'],
    ['another reserved bit', '92 00'],
    ['a reserved data opcode', '83 00'],
    ['a reserved control opcode', '8b 00'],
    ['a continuation of nothing', '80 00'],
    ['a continuation of a finished message', '82 01 00 80 01 00'],
    ['a message inside a message', '02 01 00 82 01 00'],
    ['a fragmented control frame', '09 00'],
    ['a control frame over 125 bytes', '89 7e 007e'],
    ['a control frame of 64-bit length', '88 7f 0000000000000001'],
    ['a close frame with half a code', '88 01 03'],
    ['a masked frame of a server', '82 81 00000000 00'],
  ])('refuses %s', (_, bytes) => {
    expect(errorOf(bytes)).toBe('invalid_frame');
  });

  it('refuses a frame of a client that is not masked', () => {
    expect(errorOf('82 01 00', { masked: true })).toBe('invalid_frame');
  });

  it.each([
    ['with the top bit', 'ffffffffffffffff'],
    ['over 2^53', '0020000000000000'],
    ['over 2^32', '0000000100000000'],
    ['just over the limit', '0000000002000001'],
  ])('refuses a 64-bit length %s at its header', (_, length) => {
    expect(errorOf(`82 7f ${length}`)).toBe('too_large');
  });

  it('accepts a frame of the limit', () => {
    expect(MAX_FRAME_PAYLOAD_BYTES).toBe(0x2000000);
    expect(decode([hex('82 7f 0000000002000000 00')])).toEqual([]);
  });

  it('throws errors that name no bytes', () => {
    expect(() => decode([hex('83 00')])).toThrow(
      new ProtocolError('invalid_frame', 'WebSocket: reserved opcode'),
    );
  });

  it('knows where messages end', () => {
    const server = bytesFrom(readCapture('server-1.32.ws-exec.002'), 'server');
    const boundaries = new Set<number>();
    for (let at = 0; at <= server.length; at++) {
      const decoder = WebSocketDecoder.create({
        masked: false,
        sink: {
          onDataFrame: () => {},
          onPayload: () => {},
          onMessageEnd: () => {},
          onControl: () => {},
        },
      });
      decoder.push(server.subarray(0, at));
      boundaries.add(decoder.messageBoundary ?? -1);
      decoder.push(server.subarray(at));
      expect(decoder.messageBoundary).toBe(server.length - at);
    }
    expect([...boundaries]).toEqual([0, 3, 10, 17, 234, 238]);
  });

  it('has no boundary inside a fragmented message', () => {
    const decoder = WebSocketDecoder.create({
      masked: false,
      sink: {
        onDataFrame: () => {},
        onPayload: () => {},
        onMessageEnd: () => {},
        onControl: () => {},
      },
    });
    decoder.push(hex('82 00 02 01 aa'));
    expect(decoder.messageBoundary).toBe(2);
    decoder.push(hex('89 00'));
    expect(decoder.messageBoundary).toBeUndefined();
    decoder.push(hex('80 00 82'));
    expect(decoder.messageBoundary).toBe(2);
  });

  it('decodes what is encoded, however it is fragmented, masked and cut', () => {
    const control = fc.record({
      opcode: fc.constantFrom(WebSocketOpcode.ping, WebSocketOpcode.pong),
      payload: fc.uint8Array({ maxLength: 125 }),
    });
    const fragment = fc.record({
      payload: fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(70_000).map(length => new Uint8Array(length).fill(length)),
      ),
      controls: fc.array(control, { maxLength: 2 }),
    });
    const message = fc.record({
      opcode: fc.constantFrom(WebSocketOpcode.text, WebSocketOpcode.binary),
      fragments: fc.array(fragment, { minLength: 1, maxLength: 3 }),
    });
    const key = fc.uint8Array({ minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 4 }),
        fc.option(key, { nil: undefined }),
        cutPlaces,
        (messages, maskKey, places) => {
          const frames: WebSocketFrame[] = [];
          const expected: Heard[] = [];
          for (const { opcode, fragments } of messages) {
            fragments.forEach(({ payload, controls }, index) => {
              const final = index === fragments.length - 1;
              const first = index === 0;
              frames.push({
                opcode: first ? opcode : WebSocketOpcode.continuation,
                payload,
                final,
                maskKey,
              });
              if (!final) {
                for (const item of controls) {
                  frames.push({ ...item, maskKey });
                  expected.push([
                    `control ${item.opcode}`,
                    Buffer.from(item.payload).toString('hex'),
                  ]);
                }
              }
            });
            expected.push([
              opcode === WebSocketOpcode.text ? 'text' : 'binary',
              Buffer.concat(fragments.map(item => item.payload)).toString(
                'hex',
              ),
            ]);
          }
          const bytes = Buffer.concat(frames.map(encodeWebSocketFrame));
          const options = { masked: maskKey !== undefined };
          expect(decode(cut(bytes, places), options)).toEqual(expected);
        },
      ),
    );
  });

  it('never throws anything but a ProtocolError', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.boolean(),
        (chunks, masked) => {
          const name = errorNameOf(() =>
            decode(
              chunks.map(chunk => Buffer.from(chunk)),
              { masked },
            ),
          );
          expect([undefined, 'ProtocolError']).toContain(name);
        },
      ),
    );
  });
});
