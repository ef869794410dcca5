import { Command } from 'commander';
import { pino } from 'pino';
import packageJson from '../package.json';
import { ConfigError, loadConfig } from './config';
import { Proxy } from './Proxy';

function run(action: () => Promise<void>): void {
  action().catch(error => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}

async function runProxy(file: string): Promise<void> {
  const config = loadConfig(file);
  const logger = pino({ level: config.log.level });
  const proxy = await Proxy.start(config, logger, packageJson.version);
  const stop = (signal: string) => {
    logger.info({ signal }, 'shutting down');
    proxy.stop().then(
      () => process.exit(0),
      error => {
        logger.error({ err: error }, 'shutting down failed');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
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
