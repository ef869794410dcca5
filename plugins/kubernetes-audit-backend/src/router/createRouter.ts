import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import Router from 'express-promise-router';
import type { PageSettings } from 'backstage-plugin-kubernetes-audit-common';
import type {
  AccessService,
  PolicyBundles,
  RoleDirectory,
  SigningKeys,
} from '../access';
import type { AgentAuthenticator, AgentDirectory } from '../agents';
import type { AuthorizedAuditStore, EventExport } from '../audit';
import type { Clock } from '../Clock';
import type { PersonErasure } from '../erasure';
import type { DeliveryWatch, EventIngest } from '../ingest';
import type { LoginRequests, LoginService } from '../login';
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
import { createDeliveryRouter } from './createDeliveryRouter';
import { createErasureRouter } from './createErasureRouter';
import { createEventsRouter } from './createEventsRouter';
import { createIngestRouter } from './createIngestRouter';
import { createKeysRouter } from './createKeysRouter';
import { createLoginRouter } from './createLoginRouter';
import { createRecordingsRouter } from './createRecordingsRouter';
import { createSettingsRouter } from './createSettingsRouter';
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
  delivery: DeliveryWatch;
  recordings: RecordingLibrary;
  erasure: PersonErasure;
  playbacks: PlaybackLog;
  access: AccessService;
  roles: RoleDirectory;
  loginRequests: LoginRequests;
  logins: LoginService;
  agents: AgentDirectory;
  tunnels: TunnelService;
  bundles: PolicyBundles;
  keys: SigningKeys;
  settings: PageSettings;
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
    // Before the events, which would take its path for an id.
    createDeliveryRouter({ ...options, userRoute }),
    createEventsRouter({ ...options, userRoute }),
    createRecordingsRouter({ ...options, userRoute }),
    createErasureRouter({ ...options, userRoute }),
    createAccessRouter({ ...options, userRoute }),
    createLoginRouter({
      ...options,
      userRoute,
      now: () => options.clock.now(),
    }),
    createAgentsRouter({ ...options, userRoute }),
    createSettingsRouter({ ...options, userRoute }),
    createTunnelsRouter({ ...options, userRoute, agentRoute }),
    createKeysRouter(options.keys),
  );
  return router;
}
