import './heapFlags';
import { pino } from 'pino';
import { ConfigReloader, loadTunnelConfig, TrackedFiles } from '../config';
import {
  addReloadMetrics,
  AdminServer,
  createTunnelAgentMetrics,
  tunnelAgentReadiness,
} from '../server';
import { TunnelAgent } from '../tunnel';
import { stopOnSignal } from './stopOnSignal';

/** The command `tunnel`. */
export async function runTunnel(file: string, version: string): Promise<void> {
  // Until there is something to reload, the signal must end nothing.
  let reload = () => {};
  process.on('SIGHUP', () => reload());
  const files = TrackedFiles.create();
  const config = loadTunnelConfig(file, { files });
  const logger = pino({ level: config.log.level });
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
