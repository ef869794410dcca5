import {
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { BUCKET, S3TestServer } from '../../__testUtils__/S3TestServer';
import { readKubernetesAuditConfig } from '../../config';
import { createBlobStore } from './createBlobStore';

jest.setTimeout(60_000);

describe('createBlobStore', () => {
  const directory = createMockDirectory();

  const createFrom = (recordings: JsonObject) => {
    const rootConfig = mockServices.rootConfig({
      data: { kubernetesAudit: { recordings } },
    });
    return createBlobStore(
      readKubernetesAuditConfig(rootConfig).recordings,
      rootConfig,
    );
  };

  it('keeps recordings in the folder of the configuration', async () => {
    const store = await createFrom({ path: directory.path });
    await store.put('recordings/a/0', Buffer.from('frames'));
    const kept = readFileSync(directory.resolve('recordings/a/0'));
    expect(kept.toString()).toBe('frames');
  });

  it('keeps recordings in the bucket of the configuration, by its credential', async () => {
    const server = await S3TestServer.start(directory.path);
    try {
      const { endpoint, credentials } = server.clientConfig;
      const { accessKeyId, secretAccessKey } = credentials;
      const store = await createFrom({
        s3: {
          bucket: BUCKET,
          prefix: 'audit',
          endpoint: String(endpoint),
          pathStyle: true,
          accessKeyId,
          secretAccessKey,
        },
      });
      await store.put('recordings/a/0', Buffer.from('frames'));
      const kept = await buffer(await store.get('recordings/a/0'));
      expect(kept.toString()).toBe('frames');
      expect(server.requests[0]).toMatchObject({
        method: 'PUT',
        url: expect.stringMatching(`^/${BUCKET}/audit/recordings/a/0`),
        headers: {
          authorization: expect.stringContaining(accessKeyId),
        },
      });
    } finally {
      await server.stop();
    }
  });
});
