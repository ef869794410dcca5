import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Registry } from 'prom-client';
import type { Logger } from 'pino';
import {
  durationToMilliseconds,
  RoleAuthorizer,
} from 'backstage-plugin-kubernetes-audit-common';
import { AuditLog, BestEffortSink, redactTokens, SpoolSink } from './audit';
import { CredentialUses, CredentialVerifier } from './authn';
import { ClusterBinding, PolicyAge, RequestBudget } from './authz';
import type { ProxyConfig } from './config';
import {
  EventDelivery,
  Heartbeat,
  PolicySubscription,
  PortalClient,
  RecordingDelivery,
  RefusedRecords,
} from './delivery';
import {
  RequestHandler,
  RunningCalls,
  Sessions,
  UnauthenticatedRefusals,
  UpstreamTroubles,
} from './forward';
import { LiveConfig } from './LiveConfig';
import { RecordingRecovery } from './recording';
import { createProxyMetrics, ProxyServer, Readiness } from './server';
import { EventSpool, RecordingStore, SessionLedger, StateLock } from './spool';
import { TunnelGate, TunnelHub, WorkerReports, WorkerTunnels } from './tunnel';
import { UpstreamClusters } from './upstream';

/** How long sessions and running calls have to end when the proxy stops, in milliseconds. */
const DRAIN_MS = 10_000;
/** How long what is left in the spool has to reach the portal then, in milliseconds. */
const LAST_DELIVERY_MS = 5_000;
/** How long it takes to stop at the most, in milliseconds: first sessions, then calls, then the delivery. */
export const LONGEST_STOP_MS = 2 * DRAIN_MS + LAST_DELIVERY_MS;
/** How often it is looked what the state of the spool asks for, in milliseconds. */
const WATCH_MS = 250;

/** What an operator is told of clusters that the portal takes no records of. */
function unboundText(names: string[]): string | undefined {
  return names.length === 0
    ? undefined
    : `not served, since the portal does not name them in kubernetesAudit.agents[].clusters: ${names.join(
        ', ',
      )}`;
}

/** Resolves with the promise, or when the time, in milliseconds, is over. */
async function within(timeMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>(resolve => {
    timer = setTimeout(resolve, timeMs);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}

/** The proxy as a whole: constructs its parts, connects and starts them. */
export class Proxy {
  /** The port that it listens on. */
  readonly port: number;
  readonly metrics: Registry;
  /** Whether it can serve, and if not, why. */
  readonly readiness: () => Readiness[];
  /**
   * Takes another configuration over, as far as it can while it runs; what is
   * under way goes on with what it began with.
   *
   * @throws Error when it cannot be used, and nothing changes
   */
  readonly reload: (config: ProxyConfig) => void;
  readonly #stopParts: () => Promise<void>;

  /**
   * @param worker - from 1; each worker has a spool, an epoch and recordings of its own
   * @throws Error when a certificate, a credential or the state directory cannot be used
   */
  static async start(
    config: ProxyConfig,
    options: {
      logger: Logger;
      version: string;
      worker?: number;
      /** What tunnel agents know this proxy by: the same in all its workers. */
      instance?: string;
      /** How it learns of the tunnels of its other workers. */
      reports?: WorkerReports;
    },
  ): Promise<Proxy> {
    const { logger, version, worker = 1, instance = randomUUID() } = options;
    const state = `${config.stateDirectory}/worker-${worker}`;
    const lock = await StateLock.take(state, () =>
      logger.warn(
        { state },
        'waiting to see whether the proxy that had this directory has gone',
      ),
    );
    const store = RecordingStore.open({
      root: `${state}/recordings`,
      maxBytes: config.recordings.maxBytes,
    });
    const spool = EventSpool.open({
      directory: `${state}/spool`,
      maxBytes: config.spool.maxBytes,
    });
    const ledger = SessionLedger.open(`${state}/sessions`);
    const hub = TunnelHub.create({
      instance,
      logger,
      onChange: () => {
        workerTunnels?.tell();
        heartbeat.wake();
      },
    });
    const workerTunnels =
      options.reports &&
      (await WorkerTunnels.start({
        hub,
        reports: options.reports,
        directory: state,
        logger,
      }));
    const clusters = UpstreamClusters.fromConfig(
      config.clusters,
      workerTunnels ?? hub,
    );
    const portal = PortalClient.fromConfig({
      agentId: config.agentId,
      ...config.portal,
    });
    const policy = PolicySubscription.create({
      portal,
      directory: `${state}/policy`,
      trustAnchors: config.portal.trustAnchors,
      logger,
    });
    const verifier = CredentialVerifier.create({
      audience: config.proxyGroup,
    });
    // The reason stands in the audit row beside the URI, which shows no token.
    const authorizer = RoleAuthorizer.create({ showPath: redactTokens });
    const running = RunningCalls.create();
    policy.subscribe(bundle => {
      authorizer.useRoles(bundle.roles, bundle.clusters);
      verifier.usePolicy(bundle);
      running.endRevoked(claims => verifier.isRevoked(claims));
      hub.usePolicy(bundle);
    });

    const policyAge = PolicyAge.create({
      maxAgeMs: durationToMilliseconds(config.policy.maxAge),
      breakGlassFile: config.policy.breakGlassFile,
      confirmedAt: () => policy.confirmedAt,
    });

    const sink = SpoolSink.create(spool);
    const note = () => policyAge.note;
    const audit = AuditLog.create(sink, note);
    const bestEffort = BestEffortSink.create({ sink, logger });
    const unauthenticated = UnauthenticatedRefusals.create({
      perSecond: config.limits.unauthenticatedPerSecond,
    });
    const troubles = UpstreamTroubles.create({ logger });
    const budget = RequestBudget.create(config.limits);
    const refused = RefusedRecords.create(`${state}/refused-records.ndjson`);
    const events = EventDelivery.create({ portal, spool, refused, logger });
    const binding = ClusterBinding.create(() => policy.clusters);
    const unbound = () =>
      clusters.announce().filter(({ name }) => !binding.covers(name));
    const recordings = RecordingDelivery.create({
      portal,
      store,
      logger,
    });
    const sessions = Sessions.create({
      audit,
      ledger,
      store,
      maxSessionBytes: config.recordings.maxSessionBytes,
      sessionsPerUser: config.limits.sessionsPerUser,
      running,
      onFrame: () => recordings.wake(),
      logger,
    });
    const recovery = RecordingRecovery.create({
      store,
      reserveFile: `${state}/reserve`,
      onRecovered: () => recordings.wake(),
      logger,
    });
    let closedBySpool: string | undefined;
    const watch = () => {
      const reason = spool.unwritable;
      unauthenticated.tick();
      if (!reason) {
        bestEffort.report();
      }
      if (reason === closedBySpool) {
        return;
      }
      if (reason && !closedBySpool) {
        logger.error(
          { reason },
          'the proxy is closed for requests that have to be recorded',
        );
        sessions.endAll(reason).catch(error => {
          logger.error({ err: error }, 'sessions could not be ended');
        });
      } else if (!reason) {
        logger.info('the spool can be written again');
      }
      closedBySpool = reason;
    };
    const uses = CredentialUses.create();
    let draining = false;
    const handler = RequestHandler.create({
      clusters,
      verifier,
      authorizer,
      audit,
      bestEffortAudit: AuditLog.create(bestEffort, note),
      sessions,
      running,
      budget,
      unauthenticated,
      unavailable: () =>
        draining ? 'the proxy is shutting down' : policyAge.refusal,
      unrecordable: () => spool.unwritable,
      isBoundTo: name => binding.covers(name),
      noteUse: (id, at) => uses.note(id, at),
      maxParsedBody: config.audit.maxParsedBody,
      troubles,
      logger,
    });
    const server = ProxyServer.fromConfig(
      config.server,
      TunnelGate.before(handler, { hub, portal }),
    );
    const live = LiveConfig.create(config);
    const heartbeat = Heartbeat.create({
      portal,
      logger,
      onAnswer: ({ instances }, { credentialUses = [] }) => {
        hub.useInstances(instances ?? []);
        uses.told(credentialUses);
      },
      describe: () => ({
        kind: 'proxy',
        version,
        worker,
        hostName: hostname(),
        publicUrl: live.current.server.publicUrl,
        certificateAuthority:
          live.current.server.tls?.caFile &&
          readFileSync(live.current.server.tls.caFile, 'utf8'),
        proxyGroup: config.proxyGroup,
        clusters: clusters
          .announce()
          .filter(({ name }) => binding.covers(name)),
        bundleVersion: policy.bundle?.version,
        instance,
        tunnels: hub.statuses(),
        sentAt: new Date().toISOString(),
        credentialUses: uses.list(),
        spool: {
          epoch: spool.epoch,
          depth: spool.depth,
          bytes: spool.bytes,
        },
      }),
    });
    // The portal waits for proxies to have a new policy, and takes no clusters
    // but those that it binds this one to.
    policy.subscribe(() => heartbeat.wake());
    const readiness = (): Readiness[] => [
      {
        name: 'policy',
        ready: policyAge.refusal === undefined,
        detail: [
          policyAge.refusal ??
            policyAge.note ??
            (policy.fromCache
              ? 'from the cache; the portal has not confirmed it yet'
              : undefined),
          policy.failure,
        ]
          .filter(Boolean)
          .join('; '),
      },
      {
        name: 'spool',
        ready: spool.unwritable === undefined || !clusters.hasStrict,
        detail: spool.unwritable,
      },
      {
        name: 'clusters',
        ready: true,
        detail: unboundText(unbound().map(({ name }) => name)),
      },
      { name: 'serving', ready: !draining },
    ];
    const metrics = createProxyMetrics({
      spoolDepth: () => spool.depth,
      spoolBytes: () => spool.bytes,
      spoolWritable: () => spool.unwritable === undefined,
      recordingBytes: () => store.bytes,
      sessions: () => sessions.count,
      bundleVersion: () => policy.bundle?.version ?? 0,
      lastDelivery: () => events.lastSuccess ?? 0,
      policyFromCache: () => policy.fromCache,
      unboundClusters: () => unbound().length,
      refusedRecords: () => refused.count,
      unrecordedCalls: () => bestEffort.totals,
      unansweredCalls: () => troubles.unreachable,
      unauthorizedCalls: () => troubles.unauthorized,
      refusedCalls: () => handler.refusedCalls,
      failedRecordings: () => sessions.failedRecordings,
      tunnels: () => hub.statuses(),
      tunnelHandshakes: () => hub.handshakes,
    });
    const reload = (next: ProxyConfig) =>
      live.use(next, {
        clusters,
        server,
        budget,
        sessions,
        unauthenticated,
        policyAge,
        logger,
        onChange: () => heartbeat.wake(),
      });

    recovery.start();
    // The list of them is taken now, the writing may have to wait for room.
    sessions.recordInterrupted().catch(error => {
      logger.error(
        { err: error },
        'the ends of sessions could not be recorded',
      );
    });
    const watchTimer = setInterval(watch, WATCH_MS);
    policy.start();
    events.start();
    recordings.start();
    heartbeat.start();
    await server.listen();
    logger.info(
      { host: config.server.host, port: server.port },
      'the proxy listens',
    );

    const face = { port: server.port, metrics, readiness, reload };
    return new Proxy(face, async () => {
      draining = true;
      server.drain();
      clearInterval(watchTimer);
      await within(DRAIN_MS, sessions.endAll('the proxy is shutting down'));
      await Promise.all([server.close(DRAIN_MS), hub.close(DRAIN_MS)]);
      await workerTunnels?.close();
      await Promise.all([unauthenticated.flush(), bestEffort.report()]);
      await Promise.all([heartbeat.stop(), policy.stop(), events.stop()]);
      await Promise.all([recordings.stop(), recovery.stop()]);
      await within(
        LAST_DELIVERY_MS,
        Promise.allSettled([events.drain(), recordings.drain()]),
      );
      spool.close();
      lock.release();
      await Promise.all([portal.close(), clusters.close()]);
      logger.info({ undelivered: spool.depth }, 'the proxy has stopped');
    });
  }

  private constructor(
    face: Pick<Proxy, 'port' | 'metrics' | 'readiness' | 'reload'>,
    stopParts: () => Promise<void>,
  ) {
    this.port = face.port;
    this.metrics = face.metrics;
    this.readiness = face.readiness;
    this.reload = face.reload;
    this.#stopParts = stopParts;
  }

  /** Ends sessions and calls, delivers what it can, and keeps the rest on the disk. */
  async stop(): Promise<void> {
    await this.#stopParts();
  }
}
