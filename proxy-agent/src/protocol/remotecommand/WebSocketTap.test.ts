import fc from 'fast-check';
import { codeOf, cut } from '../testing/cuts';
import {
  CLOSED,
  data,
  spdyTap,
  STDIN_CLOSED,
  SUCCESS,
  told,
  V4,
  V5,
  websocketTap,
} from '../testing/remoteCommand';
import {
  CLOSE_FRAME,
  CONTINUATION,
  frame,
  masked,
  OPEN,
} from '../testing/webSocketFrames';
import { WebSocketOpcode } from '../websocket';

const cutPlaces = fc.array(fc.nat(), { maxLength: 12 });

describe('a tap on WebSocket', () => {
  it('refuses subprotocols that are no remote command', () => {
    for (const subprotocol of ['SPDY/3.1+portforward.k8s.io', 'v6', 'v5']) {
      expect(codeOf(() => websocketTap(subprotocol))).toBe('unsupported');
      expect(codeOf(() => spdyTap(subprotocol))).toBe('unsupported');
    }
    expect(codeOf(() => spdyTap('base64.channel.k8s.io'))).toBe('unsupported');
  });

  it('tells of data before its frame is complete', () => {
    const tap = websocketTap(V5);
    const bytes = frame('\x01abcdef');
    expect(told(tap.pushFromServer(bytes.subarray(0, 3)))).toEqual([]);
    expect(told(tap.pushFromServer(bytes.subarray(3, 6)))).toEqual([
      data('stdout', 'abc'),
    ]);
  });

  it('takes text and binary messages alike, as the API server does', () => {
    const tap = websocketTap(V4);
    const message = masked('\0ls\n', { opcode: WebSocketOpcode.text });
    expect(told(tap.pushFromClient(message))).toEqual([data('stdin', 'ls\n')]);
  });

  it('passes over channels that the other side does not read', () => {
    const tap = websocketTap(V5);
    const client = ['', '\x01a', '\x02b', '\x03c', '\x05d', '\x7fe'];
    const server = ['', '\0a', '\x04b', '\x05c', '\xff\0'];
    for (const message of client) {
      expect(tap.pushFromClient(masked(message))).toEqual([]);
    }
    for (const message of server) {
      expect(tap.pushFromServer(frame(Buffer.from(message, 'latin1')))).toEqual(
        [],
      );
    }
  });

  it('joins the frames of a message, with pings between them', () => {
    const tap = websocketTap(V5);
    const bytes = Buffer.concat([
      frame('\x02a', OPEN),
      frame('', { opcode: WebSocketOpcode.ping }),
      frame('\x01b', { ...CONTINUATION, ...OPEN }),
      frame('c', CONTINUATION),
    ]);
    expect(told(tap.pushFromServer(bytes))).toEqual([
      data('stderr', 'a'),
      data('stderr', '\x01b'),
      data('stderr', 'c'),
    ]);
  });

  it('records every byte of a fragmented message of stdin', () => {
    const tap = websocketTap(V5);
    const bytes = Buffer.concat([
      masked('', OPEN),
      masked('\0a', { ...CONTINUATION, ...OPEN }),
      masked('\0rm -rf', CONTINUATION),
    ]);
    expect(told(tap.pushFromClient(bytes))).toEqual([
      data('stdin', 'a'),
      data('stdin', '\0rm -rf'),
    ]);
  });

  it.each<[string, string, string | Buffer, string]>([
    ['of the resize channel', V5, '\x04{', '\0rm -rf'],
    ['of an unknown channel', V4, '\x09', '\0rm -rf'],
    ['of the close signal', V5, Buffer.from([255]), '\0rm -rf'],
    ['in base64', 'v4.base64.channel.k8s.io', '0', '0cm0gLXJm'],
  ])('refuses stdin hidden in a fragmented message %s', (_, ...rest) => {
    const [subprotocol, first, second] = rest;
    const tap = websocketTap(subprotocol);
    tap.pushFromClient(masked(first, OPEN));
    expect(codeOf(() => tap.pushFromClient(masked(second, CONTINUATION)))).toBe(
      'ambiguous',
    );
  });

  it('takes the close signal of stdin from v5 alone, and once', () => {
    const signal = masked(Buffer.from([255, 0]));
    const tap = websocketTap(V5);
    for (const other of [[255], [255, 1], [255, 0, 0]]) {
      expect(tap.pushFromClient(masked(Buffer.from(other)))).toEqual([]);
    }
    expect(tap.pushFromClient(signal)).toEqual([STDIN_CLOSED]);
    expect(tap.pushFromClient(signal)).toEqual([]);
    expect(websocketTap(V4).pushFromClient(signal)).toEqual([]);
  });

  it('reads sizes as a stream of JSON', () => {
    const tap = websocketTap(V5);
    const sizes = [
      '\x04{"Width":80,"Height":24}\n{"width":81,"HEIGHT":25}{"Wid',
      '\x04th":82,"Height":26}',
      '\x04nonsense}',
      '\x04{"Width":0,"Height":24}{"Width":65536,"Height":1}{"Width":1.5}',
      '\x04null}[1]}{"Width":83,"Height":27}',
    ];
    const events = sizes.flatMap(size => tap.pushFromClient(masked(size)));
    expect(events).toEqual([
      { type: 'resize', columns: 80, rows: 24 },
      { type: 'resize', columns: 81, rows: 25 },
      { type: 'resize', columns: 82, rows: 26 },
      { type: 'resize', columns: 83, rows: 27 },
    ]);
  });

  it('keeps no more than 4 KiB of a size', () => {
    const tap = websocketTap(V5);
    tap.pushFromClient(masked(`\x04${' '.repeat(4096)}`));
    expect(codeOf(() => tap.pushFromClient(masked('\x04 ')))).toBe('too_large');
  });

  it('keeps no more than 64 KiB of a status', () => {
    const tap = websocketTap(V5);
    tap.pushFromServer(frame(`\x03${' '.repeat(65_536)}`));
    expect(codeOf(() => tap.pushFromServer(frame('\x03 ')))).toBe('too_large');
  });

  it('reads a status of no more than 64 messages', () => {
    const tap = websocketTap(V5);
    for (let count = 0; count < 64; count++) {
      expect(tap.pushFromServer(frame('\x03['))).toEqual([]);
    }
    expect(codeOf(() => tap.pushFromServer(frame('\x03[')))).toBe('too_large');
  });

  it('keeps nothing of a long message of data', () => {
    const tap = websocketTap(V5);
    const slice = Buffer.alloc(1024 * 1024, 'x');
    let length = 0;
    const push = (chunk: Buffer) => {
      for (const event of tap.pushFromServer(chunk)) {
        length += 'data' in event ? event.data.length : 0;
      }
    };
    push(frame('\x01', OPEN));
    const header = frame(slice, { ...CONTINUATION, ...OPEN }).subarray(0, 10);
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 100; count++) {
      push(header);
      push(slice);
    }
    expect(length).toBe(100 * slice.length);
    const grown = process.memoryUsage().arrayBuffers - before;
    expect(grown).toBeLessThan(slice.length);
  });

  it.each([
    ['{"metadata":{},"status":"Success"}', SUCCESS],
    [
      '{"status":"Failure","message":"no","reason":"NonZeroExitCode","details":{"causes":[{"reason":"Other","message":"1"},{"reason":"ExitCode","message":"255"}]}}',
      {
        type: 'status',
        success: false,
        exitCode: 255,
        message: 'no',
        reason: 'NonZeroExitCode',
      },
    ],
    [
      '{"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"256"}]}}',
      { type: 'status', success: false },
    ],
    [
      '{"status":"Failure","details":{"causes":[null,{"reason":"ExitCode","message":7}]}}',
      { type: 'status', success: false },
    ],
    ['{"status":"Failure","details":null}', { type: 'status', success: false }],
    ['{}', { type: 'status', success: false }],
  ])('reads the status %s', (json, event) => {
    const tap = websocketTap(V4);
    expect(tap.pushFromServer(frame(`\x03${json}`))).toEqual([event]);
    expect(tap.pushFromServer(frame(`\x03${json}`))).toEqual([]);
  });

  it('joins a status of several messages', () => {
    const tap = websocketTap(V5);
    expect(tap.pushFromServer(frame('\x03{"status":'))).toEqual([]);
    expect(tap.pushFromServer(frame('\x03"Success"}'))).toEqual([SUCCESS]);
  });

  it('takes what is no JSON for the message of a failure, at the end', () => {
    const tap = websocketTap(V5);
    expect(tap.pushFromServer(frame('\x03out of order'))).toEqual([]);
    expect(tap.pushFromServer(CLOSE_FRAME)).toEqual([
      { type: 'status', success: false, message: 'out of order' },
      CLOSED,
    ]);
  });

  it('has no status when the server closes without one', () => {
    expect(websocketTap(V5).pushFromServer(CLOSE_FRAME)).toEqual([CLOSED]);
  });

  it.each([undefined, '', 'channel.k8s.io'])(
    'reads plain text before v4 (%j), and nothing as success',
    subprotocol => {
      const failed = websocketTap(subprotocol);
      expect(failed.pushFromServer(frame('\x03exit 7'))).toEqual([
        { type: 'status', success: false, message: 'exit 7' },
      ]);
      expect(failed.pushFromServer(CLOSE_FRAME)).toEqual([CLOSED]);
      expect(websocketTap(subprotocol).pushFromServer(CLOSE_FRAME)).toEqual([
        SUCCESS,
        CLOSED,
      ]);
    },
  );

  it('tells of the close once, whoever begins', () => {
    const tap = websocketTap(V5);
    const close = { opcode: WebSocketOpcode.close };
    expect(tap.pushFromClient(masked('', close))).toEqual([CLOSED]);
    expect(told(tap.pushFromServer(frame('\x01late')))).toEqual([
      data('stdout', 'late'),
    ]);
    expect(tap.pushFromServer(CLOSE_FRAME)).toEqual([]);
  });

  it('refuses data after a close, and lets a late ping pass', () => {
    const tap = websocketTap(V5);
    tap.pushFromClient(masked('', { opcode: WebSocketOpcode.close }));
    tap.pushFromClient(masked('', { opcode: WebSocketOpcode.ping }));
    expect(codeOf(() => tap.pushFromClient(masked('\0rm -rf')))).toBe(
      'invalid_frame',
    );
  });

  it('decodes base64 of either variant, however it is cut', () => {
    const stream = fc.constantFrom(['1', 'stdout'], ['2', 'stderr']);
    fc.assert(
      fc.property(
        fc.constantFrom('base64.channel.k8s.io', 'v4.base64.channel.k8s.io'),
        fc.array(fc.tuple(stream, fc.uint8Array({ minLength: 1 }))),
        cutPlaces,
        (subprotocol, messages, places) => {
          const tap = websocketTap(subprotocol);
          const bytes = messages.map(([[digit], payload]) =>
            frame(`${digit}${Buffer.from(payload).toString('base64')}`, {
              opcode: WebSocketOpcode.text,
            }),
          );
          const events = cut(Buffer.concat(bytes), places).flatMap(chunk =>
            tap.pushFromServer(chunk),
          );
          for (const type of ['stdout', 'stderr']) {
            const heard = events.flatMap(event =>
              event.type === type && 'data' in event ? [...event.data] : [],
            );
            const sent = messages.flatMap(([[, kind], payload]) =>
              kind === type ? [...payload] : [],
            );
            expect(heard).toEqual(sent);
          }
        },
      ),
    );
  });

  it.each(['0AAA', '0A*==', '0AA==AA'])('refuses the base64 of %j', text => {
    const tap = websocketTap('base64.channel.k8s.io');
    expect(codeOf(() => tap.pushFromClient(masked(text)))).toBe(
      'invalid_encoding',
    );
  });
});
