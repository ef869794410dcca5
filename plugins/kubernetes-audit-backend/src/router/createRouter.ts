import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import Router from 'express-promise-router';
import type { AccessService, PolicyBundles, SigningKeys } from '../access';
import type { AgentAuthenticator, AgentDirectory } from '../agents';
import type { AuthorizedAuditStore, EventExport } from '../audit';
import type { Clock } from '../Clock';
import type { EventIngest } from '../ingest';
import type {
  PlaybackLog,
  RecordingIngest,
  RecordingLibrary,
} from '../recordings';
import type { TunnelService } from '../tunnels';
import { createAgentRouteFactory } from './agentRoute';
import { createAccessRouter } from './createAccessRouter';
import { createAgentRouter } from './createAgentRouter';
import { createAgentsRouter } from './createAgentsRouter';
import { createEventsRouter } from './createEventsRouter';
import { createIngestRouter } from './createIngestRouter';
import { createKeysRouter } from './createKeysRouter';
import { createRecordingsRouter } from './createRecordingsRouter';
import { createTunnelsRouter } from './createTunnelsRouter';
import { createUserRouteFactory } from './userRoute';

/** All routes of the plugin. */
export function createRouter(options: {
  httpAuth: HttpAuthService;
  auditor: AuditorService;
  authenticator: AgentAuthenticator;
  eventIngest: EventIngest;
  recordingIngest: RecordingIngest;
  events: AuthorizedAuditStore;
  eventExport: EventExport;
  recordings: RecordingLibrary;
  playbacks: PlaybackLog;
  access: AccessService;
  agents: AgentDirectory;
  tunnels: TunnelService;
  bundles: PolicyBundles;
  keys: SigningKeys;
  clock: Clock;
  shutdown: AbortSignal;
}) {
  const agentRoute = createAgentRouteFactory(options.authenticator);
  const userRoute = createUserRouteFactory(options);
  const router = Router();
  // Each route parses its own body, so none is read that no route asks for.
  router.use(
    createIngestRouter({
      agentRoute,
      events: options.eventIngest,
      recordings: options.recordingIngest,
    }),
    createAgentRouter({ ...options, agentRoute }),
    createEventsRouter({ ...options, userRoute }),
    createRecordingsRouter({ ...options, userRoute }),
    createAccessRouter({ ...options, userRoute }),
    createAgentsRouter({ ...options, userRoute }),
    createTunnelsRouter({ ...options, userRoute, agentRoute }),
    createKeysRouter(options.keys),
  );
  return router;
}
