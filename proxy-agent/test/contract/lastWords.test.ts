import { encodeSpdyPing } from '../../src/protocol';
import { Contract } from './Contract';
import { SPDY, WEBSOCKET } from './dialects';
import { RawConnection } from './RawConnection';

// What the proxy says when it ends a session has to stand behind the last
// whole frame that its user got. A session is cut here with each of its last
// chunks known byte for byte: a frame is open in what the user got, or only in
// what was withheld, or the other way round.

const EXEC =
  '/api/v1/namespaces/dev/pods/web/exec?command=sh&stdin=true&stdout=true';
/** Of a recording, in bytes: the next output after so much ends the session. */
const RECORDING_LIMIT = 1000;
const ENOUGH = 'x'.repeat(RECORDING_LIMIT);

describe.each([
  ['WebSocket', WEBSOCKET],
  ['SPDY', SPDY],
])('the last words of a session over %s', (_, dialect) => {
  let contract: Contract;
  let client: RawConnection;
  let upstream: RawConnection;
  /** Where the session's own bytes begin. */
  let start: number;
  /** What the API server sent and the client got. */
  let released: Buffer;

  const open = async (options: Parameters<typeof Contract.start>[0] = {}) => {
    contract = await Contract.start(options);
    const [method, headers] = dialect.request;
    client = await contract.send(method, EXEC, headers);
    upstream = await contract.api.connection();
    const head = (await upstream.receives('\r\n\r\n')).length;
    upstream.write(dialect.answer);
    start = (await client.receives('\r\n\r\n')).length;
    released = Buffer.alloc(0);
    client.write(dialect.opening.client);
    await upstream.receivesBytes(head + dialect.opening.client.length);
    await release(dialect.opening.server);
  };
  const limited = () =>
    open({ recordings: { maxSessionBytes: RECORDING_LIMIT } });

  /** Sends what the client gets, as one chunk. */
  const release = async (...parts: Buffer[]) => {
    released = Buffer.concat([released, ...parts]);
    upstream.write(Buffer.concat(parts));
    await client.receivesBytes(start + released.length);
  };
  /** What the client got after what the API server sent, all of it read as a client reads. */
  const heardLast = async () => {
    await client.isEnded();
    client.end();
    const bytes = client.bytes.subarray(start);
    expect(bytes.subarray(0, released.length).equals(released)).toBe(true);
    const events = dialect.read(bytes);
    return {
      bytes: bytes.subarray(released.length),
      output: events
        .map(event =>
          event.type === 'stdout' ? Buffer.from(event.data).toString() : '',
        )
        .join('')
        .replace(ENOUGH, ''),
      status: events.find(({ type }) => type === 'status'),
    };
  };
  const expectWords = async (reason: string) => {
    const { output, status } = await heardLast();
    const words = `session ended by the audit proxy: ${reason}`;
    expect(output).toContain(`\r\n${words}`);
    expect(status).toMatchObject({
      success: false,
      message: expect.stringContaining(words),
    });
  };
  const expectNoWords = async () => {
    expect((await heardLast()).bytes.toString('latin1')).toBe('');
  };

  afterEach(async () => await contract.stop());

  const frame = () => dialect.output('of two chunks');
  const cutAt = (bytes: Buffer, at: number) =>
    [bytes.subarray(0, at), bytes.subarray(at)] as const;
  /** In the middle of a header, and in the middle of what follows it. */
  const CUTS = [1, 12];

  it('are said when a whole frame was the last', async () => {
    await open();
    await release(frame());
    const stopped = contract.proxy.stop();
    await expectWords('the proxy is shutting down');
    await stopped;
  });

  it.each(CUTS)(
    'are left out when the proxy stops and %d bytes of a frame are out',
    async at => {
      await open();
      await release(frame(), cutAt(frame(), at)[0]);
      const stopped = contract.proxy.stop();
      await expectNoWords();
      await stopped;
    },
  );

  it('are left out when a session is idle in the middle of a frame', async () => {
    await open({ session: { idleTimeout: '1s' } });
    await release(cutAt(frame(), 12)[0]);
    await expectNoWords();
  });

  it('are said when a session is idle between two frames', async () => {
    await open({ session: { idleTimeout: '1s' } });
    await release(...cutAt(frame(), 12));
    await expectWords('idle for 1 s');
  });

  it('are left out when the rest of a frame cannot be recorded whose header is cut', async () => {
    await limited();
    const [beginning, rest] = cutAt(frame(), 1);
    await release(dialect.output(ENOUGH), beginning);
    upstream.write(rest);
    await expectNoWords();
  });

  it('are left out when the rest of a frame cannot be recorded', async () => {
    await limited();
    const [beginning, rest] = cutAt(
      dialect.output(`${ENOUGH}and more`),
      RECORDING_LIMIT + 10,
    );
    await release(beginning);
    upstream.write(rest);
    await expectNoWords();
  });

  it('are said when the beginning of a frame cannot be recorded', async () => {
    await limited();
    await release(dialect.output(ENOUGH));
    upstream.write(cutAt(frame(), 12)[0]);
    await expectWords('the recording cannot be written');
  });

  it('are not taken for said by an end that is withheld, too', async () => {
    await limited();
    await release(dialect.output(ENOUGH));
    upstream.write(Buffer.concat([frame(), dialect.end]));
    await expectWords('the recording cannot be written');
  });

  it('are said in place of nonsense, and without what stands before it', async () => {
    await open();
    await release(frame());
    upstream.write(Buffer.concat([frame(), dialect.nonsense]));
    await expectWords('');
    expect(client.text.split('of two chunks')).toHaveLength(2);
  });

  it.each(CUTS)(
    'are left out when nonsense follows a frame of which %d bytes are out',
    async at => {
      await open();
      const [beginning, rest] = cutAt(frame(), at);
      await release(beginning);
      upstream.write(Buffer.concat([rest, dialect.nonsense]));
      await expectNoWords();
    },
  );

  it('come behind all that a slow client has still to read, or not at all', async () => {
    await open();
    client.socket.pause();
    const output = dialect.output('y'.repeat(5000));
    const sent = Buffer.concat(Array<Buffer>(4000).fill(output));
    upstream.write(sent);
    await upstream.stalls();
    const stopped = contract.proxy.stop();
    await upstream.isEnded();
    client.socket.resume();
    await client.isEnded();
    client.end();
    await stopped;
    const bytes = client.bytes.subarray(start + released.length);
    const words = bytes.lastIndexOf('\r\nsession ended by');
    const whole = Math.floor(bytes.length / output.length) * output.length;
    expect(whole).toBeLessThan(sent.length);
    expect(bytes.subarray(0, whole).equals(sent.subarray(0, whole))).toBe(true);
    const rest = bytes.subarray(whole);
    if (words === -1) {
      expect(output.subarray(0, rest.length).equals(rest)).toBe(true);
    } else {
      expect(words).toBeGreaterThan(whole);
      expect(dialect.read(Buffer.concat([released, rest]))).toContainEqual(
        expect.objectContaining({ type: 'status', success: false }),
      );
    }
  });
});

describe('the last words of a session over SPDY whose streams are new', () => {
  it('are on no stream that was accepted in what the client did not get', async () => {
    const contract = await Contract.start({
      recordings: { maxSessionBytes: RECORDING_LIMIT },
    });
    const [method, headers] = SPDY.request;
    const client = await contract.send(method, EXEC, headers);
    const upstream = await contract.api.connection();
    const head = (await upstream.receives('\r\n\r\n')).length;
    upstream.write(SPDY.answer);
    const start = (await client.receives('\r\n\r\n')).length;
    client.write(SPDY.opening.client);
    await upstream.receivesBytes(head + SPDY.opening.client.length);
    upstream.write(encodeSpdyPing(2));
    await client.receivesBytes(start + 12);
    upstream.write(
      Buffer.concat([
        SPDY.opening.server,
        SPDY.output(ENOUGH),
        SPDY.output('more than can be recorded'),
      ]),
    );
    await client.isEnded();
    expect(client.bytes.subarray(start + 12).toString('hex')).toBe(
      // RST_STREAM of both, refused, and GOAWAY.
      '80030003000000080000000100000003' +
        '80030003000000080000000300000003' +
        '80030007000000080000000300000000',
    );
    await contract.stop();
  });
});
