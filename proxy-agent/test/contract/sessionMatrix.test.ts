// Every way in which a session can be asked for ends in one recording and two
// rows: exec and attach (as `kubectl debug` and `kubectl run -it` use it, too),
// over each transport and subprotocol, with and without a terminal and stdin.

import { zstdDecompressSync } from 'node:zlib';
import {
  decodeFrames,
  decodeRecordingEvents,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  encodeSpdyData,
  encodeSpdyGoAway,
  encodeSpdySynReply,
  encodeSpdySynStream,
  encodeWebSocketFrame,
  SpdyHeaderEncoder,
  WebSocketOpcode,
} from '../../src/protocol';
import { until } from '../TestProxy';
import { Contract } from './Contract';
import { SPDY, WEBSOCKET } from './dialects';

const MASK_KEY = Buffer.from([1, 2, 3, 4]);
const STATUS =
  '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}';
const CLOSE = Buffer.from('880203e8', 'hex');

/** What a transport says in a session in which the user types, if there is a stdin. */
type Script = {
  request: [method: string, headers: string[]];
  answer: string;
  opening: { client: Buffer; server: Buffer };
  typed: Buffer;
  shown: Buffer;
  end: Buffer;
  /** Before v4 there is no exit code. */
  hasStatus: boolean;
};

function webSocket(subprotocol: string, typed: string, shown: string): Script {
  const isBase64 = subprotocol.includes('base64.');
  const payload = (channel: number, text: string) =>
    isBase64
      ? Buffer.from(`${channel}${Buffer.from(text).toString('base64')}`)
      : Buffer.from(`${String.fromCharCode(channel)}${text}`);
  const opcode = isBase64 ? WebSocketOpcode.text : WebSocketOpcode.binary;
  const fromServer = (channel: number, text: string) =>
    encodeWebSocketFrame({ opcode, payload: payload(channel, text) });
  const hasStatus = /^v[45]\./.test(subprotocol);
  const named = (text: string) =>
    text.replace('v5.channel.k8s.io', subprotocol);
  const [method, headers] = WEBSOCKET.request;
  return {
    request: [method, headers.map(named)],
    answer: named(WEBSOCKET.answer),
    opening: { client: Buffer.alloc(0), server: fromServer(1, '') },
    typed: encodeWebSocketFrame({
      opcode,
      payload: payload(0, typed),
      maskKey: MASK_KEY,
    }),
    shown: fromServer(1, shown),
    end: Buffer.concat([...(hasStatus ? [fromServer(3, STATUS)] : []), CLOSE]),
    hasStatus,
  };
}

function spdy(typed: string, shown: string, streams: string[]): Script {
  const client = SpdyHeaderEncoder.create();
  const server = SpdyHeaderEncoder.create();
  const ids = streams.map((name, at) => [name, 2 * at + 1] as const);
  const idOf = Object.fromEntries(ids);
  return {
    request: SPDY.request,
    answer: SPDY.answer,
    opening: {
      client: Buffer.concat(
        ids.map(([name, id]) =>
          encodeSpdySynStream(id, client.encode([['streamtype', name]])),
        ),
      ),
      server: Buffer.concat(
        ids.map(([, id]) => encodeSpdySynReply(id, server.encode([]))),
      ),
    },
    typed: encodeSpdyData(idOf.stdin ?? 0, Buffer.from(typed)),
    shown: encodeSpdyData(idOf.stdout, Buffer.from(shown)),
    end: Buffer.concat([
      encodeSpdyData(idOf.error, Buffer.from(STATUS), { fin: true }),
      encodeSpdyGoAway(ids[ids.length - 1][1]),
    ]),
    hasStatus: true,
  };
}

const TRANSPORTS = [
  'SPDY',
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'base64.channel.k8s.io',
];

describe.each(['exec', 'attach'])('%s', kind => {
  let contract: Contract;

  beforeAll(async () => {
    contract = await Contract.start({ session: { recordInput: 'all' } });
  });
  afterAll(async () => await contract.stop());

  const sessions = TRANSPORTS.flatMap(transport =>
    [true, false].flatMap(tty =>
      [true, false].map(stdin => ({ transport, tty, stdin })),
    ),
  );

  it.each(sessions)(
    'over $transport, a terminal $tty, stdin $stdin, is one recording and two rows',
    async ({ transport, tty, stdin }) => {
      const shown = tty ? 'typed\r\n' : 'shown\n';
      const typed = tty ? 'typed\r' : 'typed\n';
      const script =
        transport === 'SPDY'
          ? spdy(typed, shown, ['error', ...(stdin ? ['stdin'] : []), 'stdout'])
          : webSocket(transport, typed, shown);
      const index = contract.api.connections.length;
      const podName = `web-${index}`;
      const path = `/api/v1/namespaces/dev/pods/${podName}/${kind}?container=main&stdout=true&tty=${tty}&stdin=${stdin}${
        kind === 'exec' ? '&command=sh' : ''
      }`;

      const client = await contract.send(script.request[0], path, [
        ...script.request[1],
      ]);
      const upstream = await contract.api.connection(index);
      const head = (await upstream.receives('\r\n\r\n')).length;
      upstream.write(script.answer);
      const answer = (await client.receives('\r\n\r\n')).length;
      client.write(script.opening.client);
      await upstream.receivesBytes(head + script.opening.client.length);
      upstream.write(script.opening.server);
      await client.receivesBytes(answer + script.opening.server.length);
      const fromClient = stdin ? script.typed : Buffer.alloc(0);
      client.write(fromClient);
      await upstream.receivesBytes(
        head + script.opening.client.length + fromClient.length,
      );
      const fromServer = Buffer.concat([script.shown, script.end]);
      upstream.write(fromServer);
      await client.receivesBytes(
        answer + script.opening.server.length + fromServer.length,
      );
      upstream.end();
      client.end();
      await client.isClosed();

      const rows = () =>
        contract.portal
          .events()
          .filter(
            ({ requestUri, sessionId }) => sessionId && requestUri === path,
          );
      await until(() => rows().length === 2, 'both rows');
      const [start, end] = rows();
      for (const row of [start, end]) {
        expect(row).toMatchObject({
          verb: 'create',
          resource: `pods/${kind}`,
          resourceName: podName,
          result: 'success',
          sessionId: start.sessionId,
          recordingId: start.recordingId,
        });
      }
      expect(end.message).toMatch(
        script.hasStatus ? /exit code 7/ : /^session ended/,
      );
      const id = start.recordingId ?? '';
      await until(() => contract.portal.completions.has(id), 'the recording');
      const events: RecordingEvent[] = [...contract.portal.chunks]
        .filter(([key]) => key.startsWith(`${id}/`))
        .flatMap(([, chunk]) => decodeFrames(chunk))
        .flatMap(({ body, header }) =>
          decodeRecordingEvents(zstdDecompressSync(body), header.firstTime),
        );
      const textOf = (type: string) =>
        Buffer.concat(
          events.filter(event => event.type === type).map(({ data }) => data),
        ).toString();
      expect(JSON.parse(textOf('header'))).toMatchObject({
        kind,
        container: 'main',
        command: kind === 'exec' ? ['sh'] : [],
        tty,
      });
      expect(textOf('output')).toBe(shown);
      expect(textOf('input')).toBe(stdin ? typed : '');
    },
  );
});
