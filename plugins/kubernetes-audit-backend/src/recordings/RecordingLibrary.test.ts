import {
  mockCredentials,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { MemoryBlobStore } from '../__testUtils__/MemoryBlobStore';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import {
  frameOf,
  headerEvent,
  recordingHeader,
} from '../__testUtils__/recordingChunk';
import { spoolRecord } from '../__testUtils__/spoolRecord';
import { Agent } from '../agents';
import { openEventStore } from '../audit';
import { readKubernetesAuditConfig } from '../config';
import { DatabaseRecordingStore } from './DatabaseRecordingStore';
import { SidecarStore } from './indexing';
import { RecordingIngest } from './RecordingIngest';
import { RecordingLibrary } from './RecordingLibrary';
import { SidecarCache } from './replay';

jest.setTimeout(60_000);

const DAY_MS = 24 * 3600_000;

describe('RecordingLibrary', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });

  it.each(databases.eachSupportedId())(
    'says of a recording when the events of its session are gone, %p',
    async databaseId => {
      const knex = await migratedDatabase(databases, databaseId);
      const { store: events, writer } = openEventStore(knex);
      const store = DatabaseRecordingStore.create(knex);
      const blobs = new MemoryBlobStore();
      const indexer = { onChunk: () => {}, request: () => {} };
      const header = recordingHeader({});
      const startedAt = Date.parse(header.startedAt);
      await RecordingIngest.create({ store, blobs, indexer }).putChunk(
        Agent.fromConfig({ id: 'a', subject: 'a', clusters: ['*'] }),
        {
          id: header.id,
          index: 0,
          bytes: frameOf(0, [headerEvent(header)]),
        },
      );
      const open = async (keep: string, now: number) => {
        const library = RecordingLibrary.create({
          store,
          blobs,
          sidecars: SidecarCache.create({
            sidecars: SidecarStore.create(blobs),
            indexer,
          }),
          events,
          authorizer: { isAllowed: async () => true, require: async () => {} },
          config: readKubernetesAuditConfig(
            mockServices.rootConfig({
              data: { kubernetesAudit: { retention: { events: keep } } },
            }),
          ),
          now: () => now,
        });
        const detail = await library.open(mockCredentials.user(), header.id);
        return detail.eventsAreGone;
      };

      // They may still come, and they are kept for ever.
      expect(await open('30d', startedAt + 29 * DAY_MS)).toBeUndefined();
      expect(await open('forever', startedAt + 999 * DAY_MS)).toBeUndefined();
      expect(await open('30d', startedAt + 31 * DAY_MS)).toBe(true);
      await knex.transaction(transaction =>
        writer.write(transaction, 'a', [
          spoolRecord(1, { sessionId: header.sessionId }),
        ]),
      );
      expect(await open('30d', startedAt + 31 * DAY_MS)).toBeUndefined();
    },
  );
});
