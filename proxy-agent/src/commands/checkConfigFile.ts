import { checkConfig, isTunnelConfig, loadTunnelConfig } from '../config';
import { PLAIN_HTTP_WARNING } from './plainHttpWarning';

/**
 * The command `check`: says what a configuration file is for.
 *
 * @throws ConfigError when it is not valid
 */
export function checkConfigFile(file: string): void {
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
