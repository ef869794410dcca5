/**
 * A process of its own: an API server that has sessions alone, and the portal
 * that recordings are delivered to. Configured by UPSTREAM (JSON).
 */
import { SinkPortal } from '../proxy/SinkPortal';
import { recordingRoles } from './recordingRoles';
import { SessionServer } from './SessionServer';
import { SinkRecordings } from './SinkRecordings';

async function serve(): Promise<void> {
  const { apiPort, portalPort, directory } = JSON.parse(
    process.env.UPSTREAM ?? '{}',
  );
  const recordings = SinkRecordings.create(directory);
  await SessionServer.listen(apiPort);
  await SinkPortal.listen(portalPort, {
    roles: recordingRoles(),
    answer: (path, body) => recordings.answer(path, body),
  });
}

serve().catch(error => {
  console.error(error);
  process.exit(1);
});
