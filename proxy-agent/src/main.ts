import { Command } from 'commander';
import { Logger, pino } from 'pino';
import packageJson from '../package.json';
import {
  checkConfig,
  ConfigInForce,
  ConfigReloader,
  isTunnelConfig,
  loadConfigAndFiles,
  loadTunnelConfig,
  ProxyConfig,
  TrackedFiles,
} from './config';
import { LoginCommandOptions, runLogin, runLogout } from './login';
import { Proxy } from './Proxy';
import {
  addReloadMetrics,
  AdminServer,
  answerMetrics,
  configOfPrimary,
  createTunnelAgentMetrics,
  onToldToReload,
  ProxyWorkers,
  reportConfig,
  reportReadiness,
  tunnelAgentReadiness,
  tunnelReports,
  workerInstance,
  workerNumber,
} from './server';
import { TunnelAgent } from './tunnel';

const PLAIN_HTTP_WARNING =
  'server.plainHttp: the proxy listens without TLS, so the credentials of users are readable on the way from the balancer to it';

function run(action: () => Promise<void>): void {
  action().catch(error => {
    process.stderr.write(`${error.message}\n`);
    // What had begun already would keep a process alive that serves nobody.
    process.exit(1);
  });
}

/** Runs `stop` once at the first signal to end, then exits. */
function stopOnSignal(logger: Logger, stop: () => Promise<void>): void {
  const onSignal = (signal: string) => {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    logger.info({ signal }, 'shutting down');
    stop().then(
      () => process.exit(0),
      error => {
        logger.error({ err: error }, 'shutting down failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}

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

async function runProxy(file: string): Promise<void> {
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

  const { version } = packageJson;
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

async function runTunnel(file: string): Promise<void> {
  // Until there is something to reload, the signal must end nothing.
  let reload = () => {};
  process.on('SIGHUP', () => reload());
  const files = TrackedFiles.create();
  const config = loadTunnelConfig(file, { files });
  const logger = pino({ level: config.log.level });
  const { version } = packageJson;
  const agent = await TunnelAgent.start(config, { logger, version });
  const reloader = ConfigReloader.create({
    file,
    inForce: { config, files },
    load: (path, read) => loadTunnelConfig(path, { files: read }),
    apply: agent.reload,
    logger,
  });
  const metrics = createTunnelAgentMetrics(() => agent.state);
  addReloadMetrics(metrics, () => reloader.counts);
  const admin = AdminServer.fromConfig(config.admin, {
    readiness: () => tunnelAgentReadiness(agent.state),
    metrics: () => metrics.metrics(),
  });
  await admin.listen();
  reloader.start();
  reload = () => reloader.reload('SIGHUP');
  stopOnSignal(logger, async () => {
    reloader.stop();
    await agent.stop();
    await admin.close();
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

async function check(file: string): Promise<void> {
  if (isTunnelConfig(file)) {
    const { proxies, clusters } = loadTunnelConfig(file, { tokens: true });
    process.stdout.write(
      `${file} is valid: a tunnel agent, ${proxies.length} proxy address(es), ${clusters.length} cluster(s)\n`,
    );
    return;
  }
  const { agentId, clusters, server } = checkConfig(file);
  process.stdout.write(
    `${file} is valid: agent ${agentId}, ${clusters.length} cluster(s)\n`,
  );
  if (server.plainHttp) {
    process.stdout.write(`but mind: ${PLAIN_HTTP_WARNING}\n`);
  }
}

/** The command line of `kubernetes-audit-agent`. */
export function main(argv: string[]): void {
  const program = new Command('kubernetes-audit-agent')
    .description('The audited Kubernetes proxy of Kubernetes Audit')
    .version(packageJson.version);
  program
    .command('proxy')
    .description('run the proxy')
    .requiredOption('--config <file>', 'the configuration file, YAML')
    .action(options => run(() => runProxy(options.config)));
  program
    .command('tunnel')
    .description('run the reverse-tunnel agent')
    .requiredOption('--config <file>', 'the configuration file, YAML')
    .action(options => run(() => runTunnel(options.config)));
  program
    .command('login')
    .description('sign kubectl in at the portal: an exec credential plugin')
    .requiredOption('--portal <url>', 'the address of the portal')
    .option('--no-browser', 'only print the address')
    .option('--cache-dir <directory>', 'where the credential is kept')
    .option('--allow-http', 'also without TLS, which others can read')
    .action((options: LoginCommandOptions) => run(() => runLogin(options)));
  program
    .command('logout')
    .description('take the login back, and forget it')
    .requiredOption('--portal <url>', 'the address of the portal')
    .option('--cache-dir <directory>', 'where the credential is kept')
    .option('--allow-http', 'also without TLS, which others can read')
    .action((options: LoginCommandOptions) => run(() => runLogout(options)));
  program
    .command('check')
    .description('validate a configuration file')
    .requiredOption('--config <file>', 'the configuration file, YAML')
    .action(options => run(() => check(options.config)));
  program.parse(argv);
}
