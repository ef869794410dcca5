import {
  CLOSED,
  data,
  injectionOf,
  told,
  V4,
  V5,
  websocketTap,
} from '../testing/remoteCommand';
import { CLOSE_FRAME, frame, OPEN } from '../testing/webSocketFrames';
import { WebSocketOpcode } from '../websocket';

describe('a tap on WebSocket that injects', () => {
  it.each([
    [V5, WebSocketOpcode.binary],
    [V4, WebSocketOpcode.binary],
    ['v4.base64.channel.k8s.io', WebSocketOpcode.text],
    ['base64.channel.k8s.io', WebSocketOpcode.text],
    [undefined, WebSocketOpcode.binary],
  ])('writes output and an end that a client of %s reads', (name, opcode) => {
    const tap = websocketTap(name);
    const injection = injectionOf(tap);
    const output = injection.encodeOutput('\r\nbye ✓\r\n') ?? Buffer.alloc(0);
    const end = injection.encodeEnd({ message: 'ended', reason: 'Expired' });
    expect(output[0]).toBe(0x80 | opcode);

    const client = websocketTap(name);
    expect(told(client.pushFromServer(output))).toEqual([
      data('stdout', Buffer.from('\r\nbye ✓\r\n').toString('latin1')),
    ]);
    const json = name?.startsWith('v') === true;
    expect(client.pushFromServer(end)).toEqual([
      {
        type: 'status',
        success: false,
        message: 'ended',
        reason: json ? 'Expired' : undefined,
      },
      CLOSED,
    ]);
    expect(end.subarray(-4)).toEqual(Buffer.from('880203e8', 'hex'));
  });

  it('ends with a v1.Status', () => {
    const failure = { message: 'no', reason: 'Forbidden', code: 403 };
    const end = injectionOf(websocketTap(V5)).encodeEnd(failure);
    const json = end.toString('utf8', 3, end.length - 4);
    expect(JSON.parse(json)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'no',
      reason: 'Forbidden',
      code: 403,
    });
  });

  it('writes output to stderr where the server has announced no stdout', () => {
    const tap = websocketTap(V5);
    tap.pushFromServer(frame('\x02'));
    expect(injectionOf(tap).encodeOutput('x')).toEqual(frame('\x02x'));
    tap.pushFromServer(frame('\x01'));
    expect(injectionOf(tap).encodeOutput('x')).toEqual(frame('\x01x'));
  });

  it('can inject behind the last whole message until the server closes', () => {
    const tap = websocketTap(V5);
    expect(tap.boundary).toBe(0);

    tap.pushFromServer(Buffer.concat([frame('\x02a'), frame('\x01b', OPEN)]));
    expect(tap.boundary).toBe(4);
    expect(injectionOf(tap).encodeOutput('x')).toEqual(frame('\x02x'));

    tap.pushFromServer(Buffer.from([0x80]));
    expect(tap.boundary).toBeUndefined();
    expect(injectionOf(tap).encodeOutput('x')).toEqual(frame('\x02x'));

    tap.pushFromServer(Buffer.from([0x00]));
    expect(tap.boundary).toBe(1);
    expect(injectionOf(tap).encodeOutput('x')).toEqual(frame('\x01x'));

    tap.pushFromServer(CLOSE_FRAME);
    expect(tap.boundary).toBe(CLOSE_FRAME.length);
    expect(tap.injection()).toBeUndefined();
  });

  it('takes a status that is half there for none', () => {
    const tap = websocketTap(V5);
    const status = frame('\x03{"status":"Success"}');
    tap.pushFromServer(status.subarray(0, status.length - 1));
    expect(
      injectionOf(tap).encodeEnd({ message: 'late' }).toString(),
    ).toContain('"message":"late"');
  });

  it('adds no second status to the end', () => {
    const tap = websocketTap(V5);
    tap.pushFromServer(frame('\x03{"status":"Success"}'));
    expect(injectionOf(tap).encodeEnd({ message: 'late' })).toEqual(
      CLOSE_FRAME,
    );
  });

  it('still knows what fitted before a chunk that is not released', () => {
    const tap = websocketTap(V5);
    tap.pushFromServer(frame('\x02'));
    const before = injectionOf(tap);
    tap.pushFromServer(
      Buffer.concat([
        frame('\x01x'),
        frame('\x03{"status":"Success"}'),
        CLOSE_FRAME,
      ]),
    );
    expect(before.encodeOutput('x')).toEqual(frame('\x02x'));
    expect(before.encodeEnd({ message: 'ended' }).toString()).toContain(
      '"message":"ended"',
    );
  });
});
