import { Command } from 'commander';
import packageJson from '../package.json';
import { exportsOf } from './loading';
import type { LoginCommandOptions } from './login';

type ConfigOptions = { config: string };

function run(action: () => Promise<void>): void {
  action().catch(error => {
    process.stderr.write(`${error.message}\n`);
    // What had begun already would keep a process alive that serves nobody.
    process.exit(1);
  });
}

/**
 * The command line of `kubernetes-audit-agent`. A command is loaded when it is
 * called: kubectl waits for `login` with each of its own calls.
 */
export function main(argv: string[]): void {
  const { version } = packageJson;
  const program = new Command('kubernetes-audit-agent')
    .description('The audited Kubernetes proxy of Kubernetes Audit')
    .version(version);
  program
    .command('proxy')
    .description('run the proxy')
    .requiredOption('--config <file>', 'the configuration file, YAML')
    .action(({ config }: ConfigOptions) =>
      run(async () => {
        const { runProxy } = await exportsOf(import('./commands/runProxy'));
        await runProxy(config, version);
      }),
    );
  program
    .command('tunnel')
    .description('run the reverse-tunnel agent')
    .requiredOption('--config <file>', 'the configuration file, YAML')
    .action(({ config }: ConfigOptions) =>
      run(async () => {
        const { runTunnel } = await exportsOf(import('./commands/runTunnel'));
        await runTunnel(config, version);
      }),
    );
  program
    .command('login')
    .description('sign kubectl in at the portal: an exec credential plugin')
    .requiredOption('--portal <url>', 'the address of the portal')
    .option('--no-browser', 'only print the address')
    .option('--cache-dir <directory>', 'where the credential is kept')
    .option('--allow-http', 'also without TLS, which others can read')
    .action((options: LoginCommandOptions) =>
      run(async () => {
        const { runLogin } = await exportsOf(import('./login'));
        await runLogin(options);
      }),
    );
  program
    .command('logout')
    .description('take the login back, and forget it')
    .requiredOption('--portal <url>', 'the address of the portal')
    .option('--cache-dir <directory>', 'where the credential is kept')
    .option('--allow-http', 'also without TLS, which others can read')
    .action((options: LoginCommandOptions) =>
      run(async () => {
        const { runLogout } = await exportsOf(import('./login'));
        await runLogout(options);
      }),
    );
  program
    .command('check')
    .description('validate a configuration file')
    .requiredOption('--config <file>', 'the configuration file, YAML')
    .action(({ config }: ConfigOptions) =>
      run(async () => {
        const { checkConfigFile } = await exportsOf(
          import('./commands/checkConfigFile'),
        );
        checkConfigFile(config);
      }),
    );
  program.parse(argv);
}
