import {
  mockCredentials,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { MemoryBlobStore } from '../__testUtils__/MemoryBlobStore';
import { migratedDatabase } from '../__testUtils__/migratedDatabase';
import {
  chunkNames,
  frameOf,
  headerEvent,
  recordingHeader,
} from '../__testUtils__/recordingChunk';
import { spoolRecord } from '../__testUtils__/spoolRecord';
import { Agent } from '../agents';
import { recordingConditions } from 'backstage-plugin-kubernetes-audit-node';
import { openEventStore } from '../audit';
import { toFilter } from '../authorization';
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
      const indexer = {
        onChunk: () => {},
        request: () => {},
        requestRebuild: () => {},
      };
      const header = recordingHeader({});
      const startedAt = Date.parse(header.startedAt);
      await RecordingIngest.create({
        store,
        blobs,
        names: chunkNames,
        indexer,
      }).putChunk(
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
          authorizer: {
            isAllowed: async () => true,
            require: async () => {},
            visible: async () => undefined,
          },
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

  it.each(databases.eachSupportedId())(
    'has for a user only what a policy lets that one see, %p',
    async databaseId => {
      const knex = await migratedDatabase(databases, databaseId);
      const store = DatabaseRecordingStore.create(knex);
      const blobs = new MemoryBlobStore();
      const indexer = {
        onChunk: () => {},
        request: () => {},
        requestRebuild: () => {},
      };
      const header = recordingHeader({ namespace: 'payments' });
      await RecordingIngest.create({
        store,
        blobs,
        names: chunkNames,
        indexer,
      }).putChunk(
        Agent.fromConfig({ id: 'a', subject: 'a', clusters: ['*'] }),
        {
          id: header.id,
          index: 0,
          bytes: frameOf(0, [headerEvent(header)]),
        },
      );
      const user = mockCredentials.user();
      const libraryFor = (...namespaces: string[]) =>
        RecordingLibrary.create({
          store,
          blobs,
          sidecars: SidecarCache.create({
            sidecars: SidecarStore.create(blobs),
            indexer,
          }),
          events: openEventStore(knex).store,
          authorizer: {
            isAllowed: async () => true,
            require: async () => {},
            visible: async (_, { resourceType }) =>
              toFilter(
                resourceType,
                recordingConditions.isInNamespace({ namespaces }),
              ),
          },
          config: readKubernetesAuditConfig(mockServices.rootConfig()),
          now: () => 0,
        });

      const own = libraryFor('default', 'PAYMENTS');
      expect((await own.list(user, { limit: 9 })).totalItems).toBe(1);
      expect((await own.open(user, header.id)).id).toBe(header.id);

      const other = libraryFor('default');
      expect(await other.list(user, { limit: 9 })).toMatchObject({
        items: [],
        totalItems: 0,
      });
      const options = { format: 'v2' as const, password: 'secret' };
      for (const ask of [
        () => other.open(user, header.id),
        () => other.openAt(user, header.id, 0),
        () => other.moment(user, header.id, 0),
        () => other.readChunk(user, header.id, 0),
        () => other.replay(user, header.id),
        () => other.download(user, header.id, 'v2'),
        () => other.export(user, header.id, options),
      ]) {
        await expect(ask()).rejects.toThrow(
          `No recording with id ${header.id}`,
        );
      }
    },
  );

  it.each(databases.eachSupportedId())(
    'tells a chunk that is lost from a store that does not answer, %p',
    async databaseId => {
      const knex = await migratedDatabase(databases, databaseId);
      const store = DatabaseRecordingStore.create(knex);
      const blobs = new MemoryBlobStore();
      const indexer = {
        onChunk: () => {},
        request: () => {},
        requestRebuild: () => {},
      };
      const { id } = recordingHeader();
      await RecordingIngest.create({
        store,
        blobs,
        names: chunkNames,
        indexer,
      }).putChunk(
        Agent.fromConfig({ id: 'a', subject: 'a', clusters: ['*'] }),
        { id, index: 0, bytes: frameOf(0, [headerEvent(recordingHeader())]) },
      );
      const library = RecordingLibrary.create({
        store,
        blobs,
        sidecars: SidecarCache.create({
          sidecars: SidecarStore.create(blobs),
          indexer,
        }),
        events: openEventStore(knex).store,
        authorizer: {
          isAllowed: async () => true,
          require: async () => {},
          visible: async () => undefined,
        },
        config: readKubernetesAuditConfig(mockServices.rootConfig()),
        now: () => 0,
      });
      const read = () => library.readChunk(mockCredentials.user(), id, 0);
      expect((await read()).length).toBeGreaterThan(0);

      jest
        .spyOn(blobs, 'get')
        .mockRejectedValueOnce(new Error('connect ECONNREFUSED'));
      await expect(read()).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
      });
      blobs.blobs.clear();
      await expect(read()).rejects.toMatchObject({ name: 'NotFoundError' });
    },
  );
});
