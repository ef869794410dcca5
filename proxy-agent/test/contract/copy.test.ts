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

const CP =
  '/api/v1/namespaces/dev/pods/web/exec?command=tar&command=cf&command=-&command=%2Fetc&stdout=true&stderr=true';
const STDOUT_STREAM = 3;

it('an archive that is copied from a pod passes as it is, and its recording tells what is in it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'copy-'));
  const content = 'a secret of the pod '.repeat(5000);
  writeFileSync(join(directory, 'passwd'), content);
  const archive = execFileSync('tar', ['-cf', '-', '-C', directory, 'passwd']);
  rmSync(directory, { recursive: true });

  const contract = await Contract.start();
  const [method, headers] = SPDY.request;
  const client = await contract.send(method, CP, headers);
  const upstream = await contract.api.connection();
  const head = (await upstream.receives('\r\n\r\n')).length;
  upstream.write(SPDY.answer);
  const start = (await client.receives('\r\n\r\n')).length;
  client.write(SPDY.opening.client);
  await upstream.receivesBytes(head + SPDY.opening.client.length);
  const sent = Buffer.concat([
    SPDY.opening.server,
    encodeSpdyData(STDOUT_STREAM, archive),
    SPDY.end,
  ]);
  upstream.write(sent);
  await until(
    () => client.bytes.length === start + sent.length,
    'the archive at the client',
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
  expect(recorded).toBe(
    [
      'copy from the pod: /etc',
      `passwd  ${content.length}`,
      `1 entries, ${content.length} bytes in files, ${archive.length} bytes transferred`,
      '',
    ].join('\r\n'),
  );
  await contract.stop();
});
