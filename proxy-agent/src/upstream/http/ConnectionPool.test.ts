import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { RawApiServer, rawAnswer } from '../../../test/contract/RawApiServer';
import { until } from '../../../test/TestProxy';
import { UpstreamConnection } from '../UpstreamConnection';
import { ConnectionPool } from './ConnectionPool';
import type { HttpCall, HttpCallHandler } from './HttpCall';
import type { HttpRequest } from './HttpRequest';
import type { RawHeaders } from './RawHeaders';
import type { ResponseHead } from './ResponseParser';

const MEBIBYTE = 1024 * 1024;
const HEADERS = ['Host', 'api', 'Audit-ID', '1'];
const GET: HttpRequest = {
  method: 'GET',
  path: '/api',
  headers: HEADERS,
  body: undefined,
};

/** All but what looks at idle connections. */
const REAL = [
  'clearImmediate',
  'clearTimeout',
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setTimeout',
] as const;

/** What a call was told. */
class Heard implements HttpCallHandler {
  call: HttpCall | undefined;
  statusCode: number | undefined;
  body = '';
  bytes = 0;
  trailers: RawHeaders | undefined;
  error: (Error & { code?: string }) | undefined;
  keepsBody = true;

  onSent(call: HttpCall): void {
    this.call = call;
  }

  onHead({ statusCode }: ResponseHead): void {
    this.statusCode = statusCode;
  }

  onBody(bytes: Buffer): void {
    this.bytes += bytes.length;
    if (this.keepsBody) {
      this.body += bytes.toString('latin1');
    }
  }

  onEnd(trailers: RawHeaders): void {
    this.trailers = trailers;
  }

  onError(error: Error): void {
    this.error = error;
  }

  get isOver(): boolean {
    return this.trailers !== undefined || this.error !== undefined;
  }

  async over(): Promise<this> {
    await until(() => this.isOver, 'the end of a call');
    return this;
  }
}

describe('ConnectionPool', () => {
  let api: RawApiServer;
  let pool: ConnectionPool;
  let port: number;
  let now: number;

  beforeEach(async () => {
    now = 0;
    api = await RawApiServer.start();
    port = api.port;
    pool = ConnectionPool.create({
      connect: async () => {
        const made = UpstreamConnection.create(options =>
          connect({ ...options, port, host: '127.0.0.1' }),
        );
        await once(made.socket, 'connect');
        return made;
      },
      now: () => now,
    });
  });
  afterEach(async () => {
    pool.close();
    await api.stop();
    jest.useRealTimers();
  });

  const send = (request: Partial<HttpRequest> = {}) => {
    const heard = new Heard();
    pool.send({ ...GET, ...request }, heard);
    return heard;
  };
  /** A call whose request has come over the connection of this number. */
  const begin = async (index = 0, request: Partial<HttpRequest> = {}) => {
    const before = api.connections[index]?.text.length ?? 0;
    const heard = send(request);
    const connection = await api.connection(index);
    await until(
      () => connection.text.slice(before).includes('\r\n\r\n'),
      'the request',
    );
    return { heard, connection };
  };
  /** A call that was answered over the connection of this number. */
  const ask = async (index = 0, answer = rawAnswer('{}')) => {
    const { heard, connection } = await begin(index);
    connection.write(answer);
    return await heard.over();
  };

  it('sends one call after the other over one connection', async () => {
    for (const body of ['a', 'b', 'c']) {
      expect(await ask(0, rawAnswer(body))).toMatchObject({
        statusCode: 200,
        body,
        trailers: [],
      });
    }
    expect(api.connections).toHaveLength(1);
    expect(api.text).toBe(
      'GET /api HTTP/1.1\r\nHost: api\r\nAudit-ID: 1\r\n\r\n'.repeat(3),
    );
  });

  it('sends calls at once over as many connections, and uses the last one first', async () => {
    const first = await begin(0);
    const second = await begin(1);
    expect(pool.callCount).toBe(2);
    second.connection.write(rawAnswer('2'));
    await second.heard.over();
    first.connection.write(rawAnswer('1'));
    await first.heard.over();
    expect(pool.callCount).toBe(0);
    await ask(0);
    await ask(0);
    expect(second.connection.text.match(/GET/g)).toHaveLength(1);
  });

  it('gives each of several calls its own answer', async () => {
    const calls = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => await begin(i)),
    );
    calls.forEach(({ connection }, i) =>
      connection.write(rawAnswer(`${i}`.repeat(300_000))),
    );
    for (const [i, { connection, heard }] of calls.entries()) {
      await heard.over();
      const index = api.connections.indexOf(connection);
      expect(index).toBe(i);
      expect(heard.bytes).toBe(300_000);
    }
    expect(new Set(calls.map(({ heard }) => heard.body)).size).toBe(8);
  });

  it.each([
    ['by what it keeps', rawAnswer('{}'), 55_000],
    [
      'before the server does',
      rawAnswer('{}', { headers: ['Keep-Alive: timeout=5'] }),
      4000,
    ],
  ])('closes idle connections %s', async (_, answer, keptMs) => {
    await ask(0, answer);
    now = keptMs - 1;
    await ask(0, answer);
    now += keptMs;
    expect(await ask(1)).toMatchObject({ body: '{}' });
    await api.connections[0].isEnded();
  });

  it('closes idle connections although no call comes', async () => {
    jest.useFakeTimers({ doNotFake: [...REAL] });
    await ask();
    now = 54_999;
    jest.advanceTimersByTime(1000);
    await ask();
    now += 55_000;
    jest.advanceTimersByTime(1000);
    await api.connections[0].isEnded();
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['says so', rawAnswer('{}', { headers: ['Connection: close'] })],
    [
      'keeps them too short',
      rawAnswer('{}', { headers: ['Keep-Alive: timeout=1'] }),
    ],
    ['speaks HTTP/1.0', rawAnswer('{}').replace('HTTP/1.1', 'HTTP/1.0')],
    ['says more than it was asked', `${rawAnswer('{}')}HTTP/1.1 200`],
  ])('uses no connection again when the server %s', async (_, answer) => {
    expect(await ask(0, answer)).toMatchObject({ body: '{}', trailers: [] });
    await api.connections[0].isEnded();
    await ask(1);
  });

  it.each([
    ['HEAD', undefined],
    ['GET', Buffer.from('x')],
  ])(
    'uses no connection again after %s with the body %j, which servers take in two ways',
    async (method, body) => {
      const { heard, connection } = await begin(0, { method, body });
      expect(connection.text).toContain('\r\nconnection: close\r\n');
      connection.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      await heard.over();
      await connection.isEnded();
    },
  );

  it.each(['HTTP/1.1 408 Request Timeout\r\n\r\n', 'x'])(
    'closes an idle connection over which %j comes, and gives it to no call',
    async unasked => {
      await ask();
      api.connections[0].write(unasked);
      await api.connections[0].isEnded();
      expect(await ask(1)).toMatchObject({ statusCode: 200 });
    },
  );

  it.each(['end', 'reset'] as const)(
    'notices that the server closes (%s) an idle connection',
    async die => {
      await ask();
      api.connections[0][die]();
      await api.connections[0].isEnded();
      expect(await ask(1)).toMatchObject({ body: '{}' });
    },
  );

  it.each([
    ['end', 'ERR_HTTP_CONNECTION_ENDED'],
    ['reset', 'ECONNRESET'],
  ] as const)(
    'says that a connection was broken (%s) before its answer',
    async (die, code) => {
      await ask();
      const { heard, connection } = await begin();
      connection[die]();
      expect((await heard.over()).error).toMatchObject({ code });
      expect(heard.call).toBeDefined();
      expect(heard.statusCode).toBeUndefined();
      expect(pool.callCount).toBe(0);
    },
  );

  it('says that no connection could be made, and that nothing was sent', async () => {
    await api.stop();
    const heard = await send().over();
    expect(heard.error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(heard.call).toBeUndefined();
    expect(pool.callCount).toBe(0);
    api = await RawApiServer.start();
  });

  it('says what is no answer, and gives what was one so far', async () => {
    const { heard, connection } = await begin();
    connection.write(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nx',
    );
    expect((await heard.over()).error).toMatchObject({
      code: 'ERR_HTTP_RESPONSE',
    });
    expect(heard.body).toBe('{}');
    await connection.isEnded();
  });

  it('tells nothing more of a call that was given up, and closes its connection', async () => {
    const { heard, connection } = await begin();
    connection.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhe');
    await until(() => heard.bytes === 2, 'the beginning');
    heard.call?.abort();
    await connection.isEnded();
    await until(() => pool.callCount === 0, 'the end of the call');
    expect(heard.isOver).toBe(false);
    expect(heard.bytes).toBe(2);
  });

  it('lets nobody end or stop the next call by one that is over', async () => {
    const first = await ask();
    const second = await begin();
    first.call?.abort();
    first.call?.pause();
    second.connection.write(rawAnswer('second'));
    expect(await second.heard.over()).toMatchObject({ body: 'second' });
  });

  it('reads on for the next call when an answer ended while it was held back', async () => {
    const { heard, connection } = await begin();
    heard.onBody = () => heard.call?.pause();
    connection.write(rawAnswer('{}'));
    await heard.over();
    expect(await ask()).toMatchObject({ body: '{}' });
  });

  it('holds the server back while the answer is held back', async () => {
    const total = 64 * MEBIBYTE;
    const { heard, connection } = await begin();
    heard.keepsBody = false;
    connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
    await until(() => heard.statusCode === 200, 'the head');
    heard.call?.pause();
    const before = process.memoryUsage().arrayBuffers;
    const pushed = await connection.push(total);
    expect(pushed).toBeLessThan(total / 2);
    expect(heard.bytes).toBeLessThan(MEBIBYTE);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(
      16 * MEBIBYTE,
    );
    heard.call?.resume();
    await heard.over();
    expect(heard.bytes).toBe(total);
  });

  it('makes one piece of chunks that come together', async () => {
    const { heard, connection } = await begin();
    const pieces: string[] = [];
    heard.onBody = bytes => pieces.push(bytes.toString());
    connection.write(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX-T: 1\r\n\r\n',
    );
    await heard.over();
    expect(pieces).toEqual(['abc']);
    expect(heard.trailers).toEqual(['X-T', '1']);
  });

  it('sends a short body together with the head', async () => {
    const { heard, connection } = await begin(0, {
      method: 'POST',
      body: Buffer.from('{}'),
    });
    expect(connection.text).toMatch(/\r\ncontent-length: 2\r\n\r\n\{\}$/);
    connection.write(rawAnswer('ok'));
    await heard.over();
    await ask();
  });

  it.each([
    [
      'in chunks',
      [],
      /\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n$/,
    ],
    [
      'with its length',
      ['Content-Length', '3'],
      /\r\ncontent-length: 3\r\n\r\nabc$/,
    ],
  ])('sends a stream %s', async (_, headers, wire) => {
    const { heard, connection } = await begin(0, {
      method: 'POST',
      headers: [...HEADERS, ...headers],
      body: Readable.from([
        Buffer.from('ab'),
        Buffer.alloc(0),
        Buffer.from('c'),
      ]),
    });
    await connection.receives(wire);
    connection.write(rawAnswer('ok'));
    expect(await heard.over()).toMatchObject({ body: 'ok' });
    await ask();
  });

  it.each([
    ['shorter than', '4'],
    ['longer than', '2'],
  ])('breaks off when a stream is %s its length', async (_, length) => {
    const { heard, connection } = await begin(0, {
      method: 'POST',
      headers: [...HEADERS, 'Content-Length', length],
      body: Readable.from([Buffer.from('abc')]),
    });
    expect((await heard.over()).error).toMatchObject({
      code: 'ERR_HTTP_REQUEST',
    });
    await connection.isEnded();
    expect(api.connections).toHaveLength(1);
  });

  it.each([
    ['a length', ['Content-Length', '10']],
    ['chunks', []],
  ])('breaks off when a stream with %s breaks', async (_, headers) => {
    const body = new Readable({ read: () => {} }).on('error', () => {});
    const { heard, connection } = await begin(0, {
      method: 'POST',
      headers: [...HEADERS, ...headers],
      body,
    });
    body.push('abc');
    await connection.receives('abc');
    body.destroy(new Error('gone'));
    await heard.over();
    await connection.isEnded();
    expect(connection.text).not.toContain('\r\n0\r\n');
  });

  it('holds a stream back that the server does not read', async () => {
    const chunk = Buffer.alloc(MEBIBYTE, 'x');
    let made = 0;
    const body = new Readable({
      read() {
        made += 1;
        this.push(made > 64 ? null : chunk);
      },
    });
    const { heard, connection } = await begin(0, { method: 'POST', body });
    connection.forget();
    connection.socket.pause();
    const stalled = made;
    await until(() => body.isPaused() || made > stalled, 'the writer to begin');
    await until(() => body.isPaused(), 'the writer to stall');
    expect(made).toBeLessThan(32);
    connection.socket.resume();
    await until(() => made > 64, 'all of it to be sent');
    connection.write(rawAnswer('ok'));
    expect(await heard.over()).toMatchObject({ body: 'ok' });
  });

  it('hears an answer that comes before the whole request, and closes the connection', async () => {
    const body = new Readable({ read: () => {} });
    const { heard, connection } = await begin(0, { method: 'POST', body });
    connection.write(rawAnswer('too large', { status: '413 Too Large' }));
    expect(await heard.over()).toMatchObject({
      statusCode: 413,
      body: 'too large',
    });
    await connection.isEnded();
    expect(body.destroyed).toBe(true);
    await ask(1);
  });

  it('retires: idle connections close at once, others with their call', async () => {
    const idle = await begin(0);
    const busy = await begin(1);
    idle.connection.write(rawAnswer('1'));
    await idle.heard.over();
    let isRetired = false;
    const retired = pool.retire().then(() => {
      isRetired = true;
    });
    await idle.connection.isEnded();
    // A call that was admitted before.
    const late = await begin(2);
    busy.connection.write(rawAnswer('2'));
    expect(await busy.heard.over()).toMatchObject({ body: '2' });
    await busy.connection.isEnded();
    expect(isRetired).toBe(false);
    late.connection.write(rawAnswer('3'));
    expect(await late.heard.over()).toMatchObject({ body: '3' });
    await late.connection.isEnded();
    await retired;
    await pool.retire();
  });

  it('closes: cuts what is under way, and makes no connection any more', async () => {
    const { heard, connection } = await begin();
    pool.close();
    expect((await heard.over()).error).toMatchObject({
      code: 'ERR_HTTP_CONNECTION_ENDED',
    });
    await connection.isEnded();
    const next = await send().over();
    expect(next.error).toBeDefined();
    expect(next.call).toBeUndefined();
    expect(api.connections).toHaveLength(1);
  });
});
