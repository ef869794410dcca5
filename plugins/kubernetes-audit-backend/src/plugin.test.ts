import { createBackendModule } from '@backstage/backend-plugin-api';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { kubernetesAuditBlobStoreExtensionPoint } from 'backstage-plugin-kubernetes-audit-node';
import { existsSync } from 'node:fs';
import { MemoryBlobStore } from './__testUtils__/MemoryBlobStore';
import {
  frameOf,
  headerEvent,
  recordingHeader,
} from './__testUtils__/recordingChunk';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from './__testUtils__/startPlugin';

jest.setTimeout(60_000);

describe('the plugin', () => {
  const directory = createMockDirectory();
  const recordings = directory.resolve('recordings');

  it('keeps recordings in the store that a module sets, and nothing on the disk', async () => {
    const blobs = new MemoryBlobStore();
    const module = createBackendModule({
      pluginId: 'kubernetes-audit',
      moduleId: 'test-blob-store',
      register(env) {
        env.registerInit({
          deps: { point: kubernetesAuditBlobStoreExtensionPoint },
          async init({ point }) {
            point.setBlobStore(blobs);
            expect(() => point.setBlobStore(blobs)).toThrow(
              'The blob store has been set already',
            );
          },
        });
      },
    });
    const { api } = await startPlugin({ recordings, features: [module] });
    const header = recordingHeader();
    await api
      .put(`${BASE}/v1/ingest/recordings/${header.id}/chunks/0`)
      .set(agentHeaders())
      .type('application/octet-stream')
      .send(Buffer.from(frameOf(0, [headerEvent(header)])))
      .expect(200);
    await api
      .get(`${BASE}/v1/recordings/${header.id}/chunks/0`)
      .set(userHeaders())
      .expect(200);
    expect([...blobs.blobs.keys()]).toEqual([
      expect.stringMatching(
        new RegExp(
          `^recordings/${header.id}/0-[0-9a-f]{64}-[0-9a-f]{16}-\\d{8}$`,
        ),
      ),
    ]);
    expect(existsSync(recordings)).toBe(false);
  });

  it('does not start with a role that makes no sense, and says which', async () => {
    await expect(
      startPlugin({ recordings, kubernetesAudit: { roles: [{ name: 'x' }] } }),
    ).rejects.toThrow(/kubernetesAudit\.roles\.0\.subjects/);
  });
});
