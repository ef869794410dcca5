/**
 * A process of its own: the API servers that calls and sessions go to, and the
 * portal that the proxy delivers to. Configured by UPSTREAM (JSON).
 */
import { readFileSync } from 'node:fs';
import { SinkPortal } from '../proxy/SinkPortal';
import { StandInApiServer } from '../proxy/StandInApiServer';
import { recordingRoles } from '../recording/recordingRoles';
import { SessionServer } from '../recording/SessionServer';
import { SinkRecordings } from '../recording/SinkRecordings';

async function serve(): Promise<void> {
  const { apiPort, sessionPort, portalPort, directory, tunnels, tls } =
    JSON.parse(process.env.UPSTREAM ?? '{}');
  const material = tls && {
    cert: readFileSync(tls.certFile),
    key: readFileSync(tls.keyFile),
  };
  const recordings = SinkRecordings.create(directory);
  await StandInApiServer.listen(apiPort, material);
  await SessionServer.listen(sessionPort, material);
  await SinkPortal.listen(portalPort, {
    // Calls go to another namespace than sessions.
    roles: recordingRoles().map(role => ({
      ...role,
      rules: role.rules.map(rule => ({ ...rule, namespaces: ['*'] })),
    })),
    tunnels,
    answer: (path, body) => recordings.answer(path, body),
  });
}

serve().catch(error => {
  console.error(error);
  process.exit(1);
});
