import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import {
  decodeFrames,
  decodeRecordingEvents,
} from 'backstage-plugin-kubernetes-audit-common';
import { until } from '../TestProxy';
import { Contract } from './Contract';
import { Dialect, SPDY, WEBSOCKET } from './dialects';
import type { RawConnection } from './RawConnection';

const BANNER = 'This session is recorded.';
const EXEC = '/api/v1/namespaces/dev/pods/web/exec?command=sh&stdout=true';

describe.each<[string, Dialect]>([
  ['WebSocket', WEBSOCKET],
  ['SPDY', SPDY],
])('the banner of a role over %s', (_, dialect) => {
  let contract: Contract;
  let client: RawConnection;
  let start: number;

  /** What the user was shown when the session was opened and the shell has said something. */
  async function shown(path: string): Promise<string> {
    const [method, headers] = dialect.request;
    client = await contract.send(method, path, headers);
    const upstream = await contract.api.connection();
    const head = (await upstream.receives('\r\n\r\n')).length;
    upstream.write(dialect.answer);
    const answer = await client.receives('\r\n\r\n');
    start = answer.indexOf('\r\n\r\n') + 4;
    client.write(dialect.opening.client);
    await upstream.receivesBytes(head + dialect.opening.client.length);
    upstream.write(dialect.opening.server);
    await until(
      () => client.bytes.length >= start + dialect.opening.server.length,
      'the opening',
    );
    upstream.write(dialect.output('$ '));
    await until(() => read().includes('$ '), 'the prompt');
    return read();
  }
  const read = () =>
    dialect
      .read(client.bytes.subarray(start))
      .map(event =>
        event.type === 'stdout' ? Buffer.from(event.data).toString() : '',
      )
      .join('');

  beforeEach(async () => {
    contract = await Contract.start({ session: { banner: BANNER } });
  });
  afterEach(async () => await contract.stop());

  it('stands before all else in a terminal, and in its recording', async () => {
    expect(await shown(`${EXEC}&tty=true`)).toBe(`${BANNER}\r\n$ `);
    client.destroy();
    (await contract.api.connection()).end();
    await until(() => contract.portal.completions.size === 1, 'the recording');
    const recorded = [...contract.portal.chunks.values()]
      .flatMap(chunk => decodeFrames(chunk))
      .flatMap(({ body, header }) =>
        decodeRecordingEvents(zstdDecompressSync(body), header.firstTime),
      )
      .filter(({ type }) => type === 'output');
    expect(Buffer.concat(recorded.map(({ data }) => data)).toString()).toBe(
      `${BANNER}\r\n$ `,
    );
  });

  it('is not mixed into the output of a program without a terminal', async () => {
    expect(await shown(EXEC)).toBe('$ ');
  });

  it('is left out of a session that is not recorded', async () => {
    await contract.stop();
    contract = await Contract.start({
      session: { banner: BANNER, record: false },
    });
    expect(await shown(`${EXEC}&tty=true`)).toBe('$ ');
  });
});

describe('the banner of a session over SPDY', () => {
  it('that cannot be recorded ends the session, and nothing else', async () => {
    const contract = await Contract.start({ session: { banner: BANNER } });
    const [method, headers] = SPDY.request;
    const client = await contract.send(method, `${EXEC}&tty=true`, headers);
    const upstream = await contract.api.connection();
    const head = (await upstream.receives('\r\n\r\n')).length;
    upstream.write(SPDY.answer);
    const start = (await client.receives('\r\n\r\n')).length;
    client.write(SPDY.opening.client);
    await upstream.receivesBytes(head + SPDY.opening.client.length);
    const recordings = join(
      contract.proxy.stateDirectory,
      'worker-1/recordings',
    );
    const [id] = readdirSync(recordings);
    mkdirSync(join(recordings, id, 'journal-0'));
    upstream.write(SPDY.opening.server);
    await client.isEnded();
    client.end();
    const shown = client.bytes.subarray(start).toString('latin1');
    expect(shown).not.toContain(BANNER);
    expect(shown).toContain('the recording cannot be written');
    expect((await fetch(`${contract.proxy.adminUrl}/readyz`)).status).toBe(200);
    rmdirSync(join(recordings, id, 'journal-0'));
    await contract.stop();
  });
});
