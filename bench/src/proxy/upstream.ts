/**
 * A process of its own: the API server that all proxies forward to, and the
 * portal that the audited one delivers to. Configured by UPSTREAM (JSON).
 */
import { SinkPortal } from './SinkPortal';
import { StandInApiServer } from './StandInApiServer';

async function serve(): Promise<void> {
  const { apiPort, portalPort } = JSON.parse(process.env.UPSTREAM ?? '{}');
  await StandInApiServer.listen(apiPort);
  await SinkPortal.listen(portalPort);
}

serve().catch(error => {
  console.error(error);
  process.exit(1);
});
