import { encodeSpdyPing } from '../../src/protocol';
import { MAX_HELD_BYTES } from '../../src/forward/WholeFrames';
import { until } from '../TestProxy';
import { Contract } from './Contract';
import { SPDY, WEBSOCKET } from './dialects';
import { RawConnection } from './RawConnection';

// What the proxy says when it ends a session stands behind the last whole frame,
// which is all that its user got: the beginning of a frame waits for its end.
// Sessions are cut here with each of their last chunks known byte for byte.

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

  const open = async (
    options: Parameters<typeof Contract.start>[0] = {},
    path = EXEC,
  ) => {
    contract = await Contract.start(options);
    const [method, headers] = dialect.request;
    client = await contract.send(method, path, headers);
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
  /** Sends, as one chunk, what the client gets, and then the beginning of a frame, which it does not. */
  const withhold = async (whole: Buffer, beginning: Buffer) => {
    released = Buffer.concat([released, whole]);
    upstream.write(Buffer.concat([whole, beginning]));
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

  const stop = async () => {
    const stopped = contract.proxy.stop();
    await expectWords('the proxy is shutting down');
    await stopped;
  };

  it('are said when a whole frame was the last', async () => {
    await open();
    await release(frame());
    await stop();
  });

  it.each(CUTS)(
    'are said in the place of a frame of which %d bytes have come when the proxy stops',
    async at => {
      await open();
      await withhold(frame(), cutAt(frame(), at)[0]);
      await stop();
    },
  );

  it('are said in a terminal', async () => {
    await open({}, `${EXEC}&tty=true`);
    await withhold(frame(), cutAt(frame(), 12)[0]);
    await stop();
  });

  it('are said when a session prints without end', async () => {
    await open();
    const flood = Buffer.concat(
      Array<Buffer>(50).fill(dialect.output('y'.repeat(5000))),
    );
    const pour = (error?: Error | null) => {
      if (!error) {
        upstream.socket.write(flood, pour);
      }
    };
    pour();
    await until(() => client.socket.bytesRead > 1_000_000, 'much output');
    await stop();
  });

  it('are said when a session is idle in the middle of a frame', async () => {
    await open({ session: { idleTimeout: '1s' } });
    await withhold(frame(), cutAt(frame(), 12)[0]);
    await expectWords('idle for 1 s');
  });

  it('are said when a session is idle between two frames', async () => {
    await open({ session: { idleTimeout: '1s' } });
    await release(...cutAt(frame(), 12));
    await expectWords('idle for 1 s');
  });

  it('are said when a session has lasted long enough in the middle of a frame', async () => {
    await open({ session: { maxDuration: '1s' } });
    await withhold(frame(), cutAt(frame(), 12)[0]);
    await expectWords('the longest duration of 1 s is reached');
  });

  it('are said when the rest of a frame cannot be recorded whose header is cut', async () => {
    await limited();
    const [beginning, rest] = cutAt(frame(), 1);
    await withhold(dialect.output(ENOUGH), beginning);
    upstream.write(rest);
    await expectWords('the recording cannot be written');
  });

  it('are said when the rest of a frame cannot be recorded', async () => {
    await limited();
    const whole = frame();
    const [beginning, rest] = cutAt(
      dialect.output(`${ENOUGH}and more`),
      RECORDING_LIMIT + 10,
    );
    await withhold(whole, beginning);
    upstream.write(rest);
    await expectWords('the recording cannot be written');
    expect(client.text).not.toContain(ENOUGH.slice(0, 100));
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
    'are said in place of nonsense behind a frame of which %d bytes came before',
    async at => {
      await open();
      const [beginning, rest] = cutAt(frame(), at);
      await withhold(frame(), beginning);
      upstream.write(Buffer.concat([rest, dialect.nonsense]));
      await expectWords('');
      expect(client.text.split('of two chunks')).toHaveLength(2);
    },
  );

  it('are left out in a frame that is too long to be withheld, and said behind it', async () => {
    const long = dialect.output('z'.repeat(2 * MAX_HELD_BYTES));
    const [beginning, rest] = cutAt(long, MAX_HELD_BYTES + 1);
    await open();
    await release(beginning);
    const [more, last] = cutAt(rest, 100);
    await release(more);
    const stopped = contract.proxy.stop();
    await expectNoWords();
    await stopped;
    await contract.stop();

    await open();
    await release(beginning);
    await release(more);
    await withhold(last, cutAt(frame(), 12)[0]);
    await stop();
  });

  it('are none when the API server ends in the middle of a frame: all that it sent goes on', async () => {
    await open();
    const [beginning] = cutAt(frame(), 12);
    await withhold(frame(), beginning);
    released = Buffer.concat([released, beginning]);
    upstream.end();
    await expectNoWords();
  });

  it('are none when the connection to the API server breaks in the middle of a frame', async () => {
    await open();
    const [beginning] = cutAt(frame(), 12);
    await withhold(frame(), beginning);
    released = Buffer.concat([released, beginning]);
    upstream.reset();
    await expectNoWords();
  });

  it('come behind all that a slow client has still to read', async () => {
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
    const whole = Math.floor(bytes.length / output.length) * output.length;
    expect(whole).toBeLessThan(sent.length);
    expect(bytes.subarray(0, whole).equals(sent.subarray(0, whole))).toBe(true);
    const rest = bytes.subarray(whole);
    expect(rest.toString('latin1')).toContain('\r\nsession ended by');
    expect(dialect.read(Buffer.concat([released, rest]))).toContainEqual(
      expect.objectContaining({ type: 'status', success: false }),
    );
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
    // Clients drop what comes too early; the recorder does not.
    const early = Buffer.concat([encodeSpdyPing(2), SPDY.output(ENOUGH)]);
    upstream.write(early);
    await client.receivesBytes(start + early.length);
    upstream.write(
      Buffer.concat([
        SPDY.opening.server,
        SPDY.output('more than can be recorded'),
      ]),
    );
    await client.isEnded();
    expect(client.bytes.subarray(start + early.length).toString('hex')).toBe(
      // RST_STREAM of both, refused, and GOAWAY.
      '80030003000000080000000100000003' +
        '80030003000000080000000300000003' +
        '80030007000000080000000300000000',
    );
    await contract.stop();
  });
});
