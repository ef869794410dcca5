import { Command } from 'commander';
import { Logger, pino } from 'pino';
import packageJson from '../package.json';
import { ConfigError, loadConfig, ProxyConfig } from './config';
import { Proxy } from './Proxy';
import {
  AdminServer,
  answerMetrics,
  ProxyWorkers,
  reportReadiness,
  workerNumber,
} from './server';

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

async function runWorker(
  config: ProxyConfig,
  logger: Logger,
  worker: number,
): Promise<void> {
  const { version } = packageJson;
  const proxy = await Proxy.start(config, { logger, version, worker });
  const stopReporting = reportReadiness(proxy.readiness);
  const stopAnswering = answerMetrics(proxy.metrics);
  // Ctrl-C reaches the whole process group; the primary tells its workers.
  process.on('SIGINT', () => {});
  let stopping = false;
  process.on('SIGTERM', async () => {
    // A service manager tells each process, and the primary tells its workers.
    if (!stopping) {
      stopping = true;
      await proxy.stop();
      stopReporting();
      stopAnswering();
      process.exit(0);
    }
  });
}

async function runProxy(file: string): Promise<void> {
  const config = loadConfig(file);
  const logger = pino({ level: config.log.level });
  const worker = workerNumber();
  if (worker !== undefined) {
    await runWorker(config, logger.child({ worker }), worker);
    return;
  }

  if (config.workers > 1) {
    const workers = ProxyWorkers.start(config.workers, logger);
    const admin = AdminServer.fromConfig(config.admin, {
      readiness: () => workers.readiness(),
      metrics: () => workers.metrics(),
    });
    await admin.listen();
    stopOnSignal(logger, async () => {
      await workers.stop();
      await admin.close();
    });
    return;
  }

  const { version } = packageJson;
  const proxy = await Proxy.start(config, { logger, version });
  const admin = AdminServer.fromConfig(config.admin, {
    readiness: proxy.readiness,
    metrics: () => proxy.metrics.metrics(),
  });
  await admin.listen();
  stopOnSignal(logger, async () => {
    await proxy.stop();
    await admin.close();
  });
}

async function check(file: string): Promise<void> {
  try {
    const config = loadConfig(file);
    process.stdout.write(
      `${file} is valid: agent ${config.agentId}, ${config.clusters.length} cluster(s)\n`,
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
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
    .command('check')
    .description('validate a configuration file')
    .requiredOption('--config <file>', 'the configuration file, YAML')
    .action(options => run(() => check(options.config)));
  program.parse(argv);
}
