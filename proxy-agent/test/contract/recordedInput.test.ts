import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import {
  decodeFrames,
  decodeRecordingEvents,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  encodeSpdyData,
  encodeSpdySynReply,
  encodeSpdySynStream,
  encodeWebSocketFrame,
  SpdyHeaderEncoder,
  WebSocketOpcode,
} from '../../src/protocol';
import { readTerminal, TYPED_PASSWORD } from '../terminals/readTerminal';
import { Contract } from './Contract';
import { SPDY, WEBSOCKET } from './dialects';
import type { RawConnection } from './RawConnection';

const EXEC =
  '/api/v1/namespaces/dev/pods/web/exec?command=bash&stdin=true&stdout=true';
const MASK_KEY = Buffer.from([1, 2, 3, 4]);
/** Of each transport: how a user's keys, and what the terminal shows, stand on the wire. */
const STREAMS = { error: 1, stdin: 3, stdout: 5 };

const TRANSPORTS = {
  WebSocket: {
    ...WEBSOCKET,
    type: (data: Buffer) =>
      encodeWebSocketFrame({
        opcode: WebSocketOpcode.binary,
        payload: Buffer.concat([Buffer.from([0]), data]),
        maskKey: MASK_KEY,
      }),
    show: (data: Buffer) =>
      encodeWebSocketFrame({
        opcode: WebSocketOpcode.binary,
        payload: Buffer.concat([Buffer.from([1]), data]),
      }),
  },
  SPDY: {
    ...SPDY,
    opening: (() => {
      const [client, server] = [
        SpdyHeaderEncoder.create(),
        SpdyHeaderEncoder.create(),
      ];
      const streams = Object.entries(STREAMS);
      return {
        client: Buffer.concat(
          streams.map(([type, id]) =>
            encodeSpdySynStream(id, client.encode([['streamtype', type]])),
          ),
        ),
        server: Buffer.concat(
          streams.map(([, id]) => encodeSpdySynReply(id, server.encode([]))),
        ),
      };
    })(),
    type: (data: Buffer) => encodeSpdyData(STREAMS.stdin, data),
    show: (data: Buffer) => encodeSpdyData(STREAMS.stdout, data),
  },
};

describe.each(['WebSocket', 'SPDY'] as const)(
  'the recorded input of a session over %s',
  name => {
    const transport = TRANSPORTS[name];
    let contract: Contract;
    let client: RawConnection;
    let upstream: RawConnection;
    let sent: Record<'user' | 'terminal', number>;

    const open = async (path: string, recordInput: true | 'all' = true) => {
      contract = await Contract.start({ session: { recordInput } });
      // All that the proxy writes stays on its disk.
      contract.portal.outage = 503;
      const [method, headers] = transport.request;
      client = await contract.send(method, path, headers);
      upstream = await contract.api.connection();
      const head = (await upstream.receives('\r\n\r\n')).length;
      upstream.write(transport.answer);
      sent = {
        user: head,
        terminal: (await client.receives('\r\n\r\n')).length,
      };
      await say('user', transport.opening.client);
      await say('terminal', transport.opening.server);
    };
    /** One side's bytes; the other one has got them when it returns. */
    const say = async (from: 'user' | 'terminal', bytes: Buffer) => {
      const [here, there] =
        from === 'user' ? [client, upstream] : [upstream, client];
      here.write(bytes);
      sent[from] += bytes.length;
      await there.receivesBytes(sent[from]);
    };
    const close = async () => {
      client.destroy();
      upstream.end();
      await contract.proxy.stop({ keepState: true });
    };
    const files = () =>
      readdirSync(contract.proxy.stateDirectory, { recursive: true })
        .map(file => join(contract.proxy.stateDirectory, `${file}`))
        .filter(file => statSync(file).isFile());
    const events = (): RecordingEvent[] =>
      files()
        .filter(file => file.endsWith('/frames'))
        .flatMap(file => decodeFrames(readFileSync(file)))
        .flatMap(({ body, header }) =>
          decodeRecordingEvents(zstdDecompressSync(body), header.firstTime),
        );
    const recorded = () =>
      Buffer.concat(
        events()
          .filter(({ type }) => type === 'input')
          .map(({ data }) => data),
      ).toString();
    /** Everything that is on the disk, unpacked. */
    const disk = () =>
      Buffer.concat([
        ...files().map(file => readFileSync(file)),
        ...events().map(({ data }) => data),
      ]);

    afterEach(async () => {
      await contract.stop();
      rmSync(contract.proxy.stateDirectory, { recursive: true, force: true });
    });

    it('is what a terminal has echoed; no part of a password is ever on the disk', async () => {
      await open(`${EXEC}&tty=true`);
      const written: Buffer[] = [];
      for (const { from, data } of readTerminal('dash')) {
        const bytes =
          from === 'user' ? transport.type(data) : transport.show(data);
        await say(from, bytes);
        if (data.includes('\r')) {
          written.push(disk());
        }
      }
      await close();
      written.push(disk());
      for (let at = 0; at + 4 <= TYPED_PASSWORD.length; at++) {
        const part = TYPED_PASSWORD.slice(at, at + 4);
        expect(written.filter(bytes => bytes.includes(part))).toEqual([]);
      }
      expect(written[5].includes('echo hello\r')).toBe(true);
      expect(recorded().split('\r')).toEqual(
        expect.arrayContaining(['echo hello', 'echo two', '<masked>', 'cat']),
      );
    });

    it('has what was undecided at its end as masked', async () => {
      await open(`${EXEC}&tty=true`);
      await say('user', transport.type(Buffer.from('hunter2')));
      await close();
      expect(recorded()).toBe('<masked>');
    });

    it('is how much was piped in, without a terminal', async () => {
      await open(EXEC);
      await say('user', transport.type(Buffer.from('hunter2\n')));
      await say('terminal', transport.show(Buffer.from('[sudo] Password: ')));
      await say('user', transport.type(Buffer.from('hunter2\n')));
      await close();
      expect(recorded()).toBe('<masked>\n<masked>\n<masked: 1 KiB in all>\n');
      expect(disk().includes('hunter2')).toBe(false);
    });

    it('is what was piped in where the role wants that, without the answers to questions', async () => {
      await open(EXEC, 'all');
      await say('user', transport.type(Buffer.from('rm -rf /data\n')));
      await say('terminal', transport.show(Buffer.from('Geheimwort: ')));
      await say('user', transport.type(Buffer.from('hunter2\n')));
      await say('terminal', transport.show(Buffer.from('welcome\n')));
      await say('user', transport.type(Buffer.from('exit\n')));
      await close();
      expect(recorded()).toBe('rm -rf /data\n<masked>\nexit\n');
      expect(disk().includes('hunter2')).toBe(false);
    });
  },
);
