import {
  coreServices,
  createBackendPlugin,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { randomUUID } from 'node:crypto';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import {
  kubernetesAuditPermissions,
  PLUGIN_ID,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  BlobStore,
  EventSink,
  kubernetesAuditBlobStoreExtensionPoint,
  kubernetesAuditEventSinkExtensionPoint,
} from 'backstage-plugin-kubernetes-audit-node';
import {
  AccessService,
  CredentialIssuer,
  DatabaseCredentialStore,
  DatabaseUserRevocationStore,
  KeyRotation,
  KubernetesUserNames,
  PolicyBundles,
  readKeySecret,
  RoleDirectory,
  SecretBox,
  SigningKeys,
  UserDirectory,
} from './access';
import {
  AgentAuthenticator,
  AgentDirectory,
  DatabaseHeartbeatStore,
} from './agents';
import {
  AuthorizedAuditStore,
  createEventMaintenance,
  EventExport,
  openEventStore,
  RollUpCheck,
} from './audit';
import { addResourceTypes, PermissionAuthorizer } from './authorization';
import { systemClock } from './Clock';
import { readKubernetesAuditConfig } from './config';
import { connectDatabase } from './database';
import { AccessErasure, DeadLetterErasure, PersonErasure } from './erasure';
import {
  DeadLetters,
  DeliveryWatch,
  EventIngest,
  EventPublisher,
  EventsServiceSink,
  SpoolGaps,
  SpoolPruning,
} from './ingest';
import { DatabaseLoginStore, LoginRequests, LoginService } from './login';
import {
  ChunkNames,
  createBlobStore,
  DatabaseRecordingStore,
  PlaybackLog,
  readBlobOwner,
  RecordingIndexer,
  RecordingIngest,
  RecordingLibrary,
  SidecarCache,
  SidecarStore,
} from './recordings';
import {
  AccessRetention,
  EventRetention,
  OrphanSweep,
  RecordingRetention,
} from './retention';
import { createRouter, KEYS_PATH, LOGIN_PATH } from './router';
import { DatabaseTunnelStore, TunnelService } from './tunnels';

/** Where the app has *Kubernetes Access*, below its own address. */
const ACCESS_PAGE_PATH = '/kubernetes-access';

/** Looks whether the signing keys are due for something; one replica does. */
const KEY_ROTATION_TASK: SchedulerServiceTaskScheduleDefinition & {
  id: string;
} = {
  id: 'kubernetes-audit-key-rotation',
  frequency: { minutes: 1 },
  timeout: { minutes: 1 },
  scope: 'global',
};

/** Keeps the tables of the events ready for the next days, and deletes those whose time is over. */
const EVENT_UPKEEP_TASK: SchedulerServiceTaskScheduleDefinition & {
  id: string;
} = {
  id: 'kubernetes-audit-event-upkeep',
  frequency: { hours: 1 },
  timeout: { hours: 1 },
  scope: 'global',
};

/** Deletes recordings whose time is over; one replica at a time. */
const RETENTION_TASK: SchedulerServiceTaskScheduleDefinition & { id: string } =
  {
    id: 'kubernetes-audit-recording-retention',
    frequency: { hours: 1 },
    timeout: { hours: 1 },
    initialDelay: { minutes: 1 },
    scope: 'global',
  };

/** Forgets credentials and join tokens that expired long ago. */
const ACCESS_RETENTION_TASK: SchedulerServiceTaskScheduleDefinition & {
  id: string;
} = {
  id: 'kubernetes-audit-access-retention',
  frequency: { hours: 1 },
  timeout: { hours: 1 },
  initialDelay: { minutes: 2 },
  scope: 'global',
};

/** Looks through the blob store for what no row names; one replica does. */
const ORPHANS_TASK: SchedulerServiceTaskScheduleDefinition & { id: string } = {
  id: 'kubernetes-audit-recording-orphans',
  frequency: { days: 1 },
  timeout: { hours: 12 },
  initialDelay: { minutes: 10 },
  scope: 'global',
};

/**
 * Takes in what proxies record, keeps it, and decides who may reach which
 * cluster.
 *
 * @public
 */
export const kubernetesAuditPlugin = createBackendPlugin({
  pluginId: PLUGIN_ID,
  register(env) {
    let moduleBlobStore: BlobStore | undefined;
    const moduleSinks: EventSink[] = [];

    env.registerExtensionPoint(kubernetesAuditBlobStoreExtensionPoint, {
      setBlobStore(store) {
        if (moduleBlobStore) {
          throw new Error('The blob store has been set already');
        }
        moduleBlobStore = store;
      },
    });
    env.registerExtensionPoint(kubernetesAuditEventSinkExtensionPoint, {
      addEventSink(sink) {
        if (moduleSinks.some(({ name }) => name === sink.name)) {
          throw new Error(`There is an event sink ${sink.name} already`);
        }
        moduleSinks.push(sink);
      },
    });

    env.registerInit({
      deps: {
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        userInfo: coreServices.userInfo,
      },
      async init(services) {
        const { logger, httpAuth, httpRouter, lifecycle } = services;
        const clock = systemClock;
        const { now } = clock;
        const config = readKubernetesAuditConfig(services.config);
        const knex = await connectDatabase(services.database);
        const issuer = await services.discovery.getExternalBaseUrl(PLUGIN_ID);
        const appUrl =
          services.config.getOptionalString('app.baseUrl') ??
          services.config.getString('backend.baseUrl');
        const authorizer = PermissionAuthorizer.create({
          permissions: services.permissions,
          config: services.config,
          administrators: config.administrators,
        });
        const heartbeats = DatabaseHeartbeatStore.create({ knex, now });
        const credentials = DatabaseCredentialStore.create(knex);
        const agents = AgentDirectory.create({
          heartbeats,
          authorizer,
          agents: config.agents,
          clusters: config.clusters,
          noteUses: uses => credentials.noteUses(uses, new Date(now())),
        });
        const secret = await readKeySecret({
          config: services.config,
          knex,
          logger,
          production: process.env.NODE_ENV === 'production',
        });
        const box = SecretBox.create(secret);
        const tunnelStore = DatabaseTunnelStore.create(knex);
        const keys = await SigningKeys.create({
          knex,
          box,
          now,
        });
        const revocations = DatabaseUserRevocationStore.create(knex);
        const credentialIssuer = CredentialIssuer.create({
          keys,
          revocations,
          issuer,
          audience: config.credentials.proxyGroup,
          now,
        });
        const users = UserDirectory.create(services);
        const userNames = KubernetesUserNames.create({ knex, config });
        const loginStore = DatabaseLoginStore.create(knex);
        const bundles = PolicyBundles.create({
          knex,
          keys,
          credentials,
          revocations,
          tunnels: tunnelStore,
          config,
          issuer,
          now,
        });
        const rotation = KeyRotation.create({
          keys,
          credentials,
          heartbeats,
          periodMs: config.keys.rotationMs,
          logger,
          now,
        });
        await services.scheduler.scheduleTask({
          ...KEY_ROTATION_TASK,
          fn: () => rotation.advance(),
        });
        const shutdown = new AbortController();
        const accessRetention = AccessRetention.create({
          credentials,
          tunnels: tunnelStore,
          now,
        });
        await services.scheduler.scheduleTask({
          ...ACCESS_RETENTION_TASK,
          fn: () => accessRetention.sweep(shutdown.signal),
        });
        const recordings = {
          store: DatabaseRecordingStore.create(knex),
          blobs:
            moduleBlobStore ??
            (await createBlobStore(config.recordings, services.config)),
        };
        const retention = RecordingRetention.create({
          ...recordings,
          auditor: services.auditor,
          logger,
          keepMs: config.retention.recordingsMs,
          now,
        });
        await services.scheduler.scheduleTask({
          ...RETENTION_TASK,
          fn: () => retention.sweep(shutdown.signal),
        });
        const chunkNames = ChunkNames.create({
          owner: await readBlobOwner(knex),
          now,
        });
        const orphans = OrphanSweep.create({
          ...recordings,
          names: chunkNames,
          auditor: services.auditor,
          logger,
          now,
        });
        await services.scheduler.scheduleTask({
          ...ORPHANS_TASK,
          fn: () => orphans.sweep(shutdown.signal),
        });
        const eventStore = openEventStore(knex);
        const maintenance = createEventMaintenance({ knex, logger, now });
        const deadLetters = DeadLetters.create(knex);
        const eventRetention = EventRetention.create({
          rollUp: eventStore.rollUp,
          maintenance,
          deadLetters,
          auditor: services.auditor,
          logger,
          keepMs: config.retention.eventsMs,
          now,
        });
        const rollUpCheck = RollUpCheck.create({
          ...eventStore,
          knex,
          logger,
          now,
        });
        const pruning = SpoolPruning.create({ knex, now });
        await services.scheduler.scheduleTask({
          ...EVENT_UPKEEP_TASK,
          fn: async () => {
            await maintenance.prepare();
            await eventRetention.sweep(shutdown.signal);
            await rollUpCheck.sweep();
            await pruning.prune(shutdown.signal);
          },
        });
        const indexer = RecordingIndexer.create({ ...recordings, logger });
        const publisher = EventPublisher.create({
          sinks: [EventsServiceSink.create(services.events), ...moduleSinks],
          logger,
        });
        lifecycle.addShutdownHook(async () => {
          shutdown.abort();
          await Promise.all([publisher.drain(), indexer.stop()]);
        });

        const events = AuthorizedAuditStore.create({
          store: eventStore.store,
          authorizer,
        });
        services.permissionsRegistry.addPermissions(kubernetesAuditPermissions);
        addResourceTypes(services.permissionsRegistry, {
          events: eventStore.store,
          recordings: recordings.store,
        });
        for (const path of [KEYS_PATH, LOGIN_PATH]) {
          httpRouter.addAuthPolicy({ path, allow: 'unauthenticated' });
        }
        httpRouter.use(
          createRouter({
            httpAuth,
            auditor: services.auditor,
            authenticator: AgentAuthenticator.create({
              httpAuth,
              agents: config.agents,
            }),
            eventIngest: EventIngest.create({
              knex,
              writer: eventStore.writer,
              publisher,
              logger,
              now,
            }),
            recordingIngest: RecordingIngest.create({
              ...recordings,
              names: chunkNames,
              indexer,
            }),
            events,
            eventExport: EventExport.create({
              events,
              encryption: config.export.encryption,
              now,
            }),
            delivery: DeliveryWatch.create({
              gaps: SpoolGaps.create({ knex, now }),
              deadLetters,
              heartbeats,
              authorizer,
              now,
            }),
            recordings: RecordingLibrary.create({
              ...recordings,
              events: eventStore.store,
              sidecars: SidecarCache.create({
                sidecars: SidecarStore.create(recordings.blobs),
                indexer,
              }),
              authorizer,
              config,
              now,
            }),
            erasure: PersonErasure.create({
              events: eventStore.erasure,
              recordings: recordings.store,
              blobs: recordings.blobs,
              access: AccessErasure.create({
                credentials,
                revocations,
                logins: loginStore,
                tunnels: tunnelStore,
                now,
              }),
              deadLetters: DeadLetterErasure.create(deadLetters),
              userNames,
              authorizer,
              pseudonym: () => `erased-${randomUUID()}`,
              now,
            }),
            playbacks: PlaybackLog.create({ now }),
            access: AccessService.create({
              users,
              userNames,
              agents,
              credentials,
              revocations,
              rotation,
              issuer: credentialIssuer,
              authorizer,
              config,
              portal: issuer,
              now,
            }),
            roles: RoleDirectory.create({
              users,
              agents,
              bundles,
              authorizer,
              config,
            }),
            loginRequests: LoginRequests.create({
              store: loginStore,
              users,
              userNames,
              authorizer,
              page: `${appUrl.replace(/\/+$/, '')}${ACCESS_PAGE_PATH}`,
              now,
            }),
            logins: LoginService.create({
              store: loginStore,
              users,
              credentials,
              revocations,
              issuer: credentialIssuer,
              auditor: services.auditor,
              ...config.credentials.login,
              unconfirmedGroupsMs: config.credentials.lifetimeMs,
              now,
            }),
            agents,
            tunnels: TunnelService.create({
              store: tunnelStore,
              agents,
              authorizer,
              auditor: services.auditor,
              box,
              now,
            }),
            bundles,
            keys,
            settings: { exportEncryption: config.export.encryption },
            clock,
            shutdown: shutdown.signal,
          }),
        );
      },
    });
  },
});
