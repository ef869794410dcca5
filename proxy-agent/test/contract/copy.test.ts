import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import {
  decodeFrames,
  decodeRecordingEvents,
} from 'backstage-plugin-kubernetes-audit-common';
import { encodeSpdyData } from '../../src/protocol';
import { until } from '../TestProxy';
import { Contract } from './Contract';
import { SPDY } from './dialects';

const EXEC = '/api/v1/namespaces/dev/pods/web/exec?stdout=true&stderr=true';
const TAR = '&command=tar&command=cf&command=-&command=%2Fetc';
const STDOUT_STREAM = 3;

/** What of a session's output, which passes as it is, is in its recording. */
async function recordOf(url: string, output: Buffer): Promise<string> {
  const contract = await Contract.start();
  const [method, headers] = SPDY.request;
  const client = await contract.send(method, url, headers);
  const upstream = await contract.api.connection();
  const head = (await upstream.receives('\r\n\r\n')).length;
  upstream.write(SPDY.answer);
  const start = (await client.receives('\r\n\r\n')).length;
  client.write(SPDY.opening.client);
  await upstream.receivesBytes(head + SPDY.opening.client.length);
  const sent = Buffer.concat([
    SPDY.opening.server,
    encodeSpdyData(STDOUT_STREAM, output),
    SPDY.end,
  ]);
  upstream.write(sent);
  await until(
    () => client.bytes.length === start + sent.length,
    'the output at the client',
  );
  expect(client.bytes.subarray(start).equals(sent)).toBe(true);

  client.end();
  upstream.end();
  await until(() => contract.portal.completions.size === 1, 'the recording');
  const recorded = Buffer.concat(
    [...contract.portal.chunks.values()]
      .flatMap(chunk => decodeFrames(chunk))
      .flatMap(({ body, header }) =>
        decodeRecordingEvents(zstdDecompressSync(body), header.firstTime),
      )
      .filter(({ type }) => type === 'output')
      .map(({ data }) => data),
  ).toString();
  await contract.stop();
  return recorded;
}

it('an archive that is copied from a pod passes as it is, and its recording tells what is in it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'copy-'));
  const content = 'a secret of the pod '.repeat(5000);
  writeFileSync(join(directory, 'passwd'), content);
  const archive = execFileSync('tar', ['-cf', '-', '-C', directory, 'passwd']);
  rmSync(directory, { recursive: true });

  expect(await recordOf(`${EXEC}${TAR}`, archive)).toBe(
    [
      'copy from the pod: /etc',
      `passwd  ${content.length}`,
      `1 entry, ${content.length} bytes in files, ${archive.length} bytes transferred`,
      '',
    ].join('\r\n'),
  );
});

it.each([
  ['a tar that somebody types into', `${TAR}&stdin=true`],
  ['a tar that runs a shell', `${TAR}&command=--checkpoint-action%3Dexec%3Dsh`],
  [
    'a script that looks like a copy',
    `&command=sh&command=-c&command=${encodeURIComponent(
      'tar cf - /a; ./shell | tail -c+1',
    )}`,
  ],
])(
  'a shell does not hide behind the header of an archive: %s',
  async (_, query) => {
    const shown = 'root@web:/# cat /etc/shadow\r\n';
    const url = `${EXEC}${query}`;
    expect(
      await recordOf(url, Buffer.concat([hugeFile(), Buffer.from(shown)])),
    ).toContain(shown);
  },
);

/** The header of an archive's file, behind which everything is its content. */
function hugeFile(): Buffer {
  const header = Buffer.alloc(512);
  header.write('a');
  header.write('77777777777', 124);
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8)}\0`, 148);
  return header;
}
