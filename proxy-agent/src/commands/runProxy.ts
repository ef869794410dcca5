import './heapFlags';
import { pino } from 'pino';
import {
  ConfigInForce,
  ConfigReloader,
  loadConfigAndFiles,
  ProxyConfig,
  TrackedFiles,
} from '../config';
import { Proxy } from '../Proxy';
import {
  addReloadMetrics,
  AdminServer,
  answerMetrics,
  configOfPrimary,
  onToldToReload,
  ProxyWorkers,
  reportConfig,
  reportReadiness,
  tunnelReports,
  workerInstance,
  workerNumber,
} from '../server';
import { PLAIN_HTTP_WARNING } from './plainHttpWarning';
import { stopOnSignal } from './stopOnSignal';

/** What reloads a proxy's configuration; it looks at the files from now on. */
function startReloading(
  proxy: Proxy,
  options: Pick<
    Parameters<typeof ConfigReloader.create<ProxyConfig>>[0],
    'file' | 'inForce' | 'onApplied' | 'logger'
  >,
): ConfigReloader {
  const reloader = ConfigReloader.create({
    ...options,
    load: loadConfigAndFiles,
    apply: proxy.reload,
  });
  addReloadMetrics(proxy.metrics, () => reloader.counts);
  reloader.start();
  return reloader;
}

function readConfigFile(file: string): ConfigInForce {
  const files = TrackedFiles.create();
  return { config: loadConfigAndFiles(file, files), files };
}

/** The command `proxy`, also in the workers that it starts. */
export async function runProxy(file: string, version: string): Promise<void> {
  // Until there is something to reload, the signal must end nothing.
  let reload = () => {};
  process.on('SIGHUP', () => reload());
  const worker = workerNumber();
  const inForce =
    worker === undefined ? readConfigFile(file) : await configOfPrimary();
  const { config } = inForce;
  const base = pino({ level: config.log.level });
  const logger = worker === undefined ? base : base.child({ worker });
  if (config.server.plainHttp && worker === undefined) {
    logger.warn(PLAIN_HTTP_WARNING);
  }

  if (worker === undefined && config.workers > 1) {
    const workers = ProxyWorkers.start(inForce, logger);
    const admin = AdminServer.fromConfig(config.admin, {
      readiness: () => workers.readiness(),
      metrics: () => workers.metrics(),
    });
    await admin.listen();
    reload = () => workers.reload();
    stopOnSignal(logger, async () => {
      await workers.stop();
      await admin.close();
    });
    return;
  }

  const proxy = await Proxy.start(config, {
    logger,
    version,
    worker,
    ...(worker !== undefined && {
      instance: workerInstance(),
      reports: tunnelReports(),
    }),
  });
  const reloader = startReloading(proxy, {
    file,
    inForce,
    onApplied: worker === undefined ? undefined : reportConfig,
    logger,
  });
  reload = () => reloader.reload('SIGHUP');
  const stop = async () => {
    reloader.stop();
    await proxy.stop();
  };
  if (worker === undefined) {
    const admin = AdminServer.fromConfig(config.admin, {
      readiness: proxy.readiness,
      metrics: () => proxy.metrics.metrics(),
    });
    await admin.listen();
    stopOnSignal(logger, async () => {
      await stop();
      await admin.close();
    });
    return;
  }
  const stopListening = onToldToReload(() => reload());
  serveAsWorker(proxy, async () => {
    stopListening();
    await stop();
  });
}

/** Tells the primary how the proxy is, until it says to stop. */
function serveAsWorker(proxy: Proxy, stop: () => Promise<void>): void {
  const stopReporting = reportReadiness(proxy.readiness);
  const stopAnswering = answerMetrics(proxy.metrics);
  // Ctrl-C reaches the whole process group; the primary tells its workers.
  process.on('SIGINT', () => {});
  let stopping = false;
  process.on('SIGTERM', async () => {
    // A service manager tells each process, and the primary tells its workers.
    if (!stopping) {
      stopping = true;
      await stop();
      stopReporting();
      stopAnswering();
      process.exit(0);
    }
  });
}
