import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  coreServices,
  createServiceFactory,
  HttpRouterService,
} from '@backstage/backend-plugin-api';
import {
  createMockDirectory,
  mockCredentials,
} from '@backstage/backend-test-utils';
import type { Router } from 'express';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

/**
 * Who may call a route: `user` needs no permission, the others are named;
 * `plugin` is Backstage's Kubernetes plugin, for a user.
 */
type Caller = 'anyone' | 'agent' | 'plugin' | 'user' | `${string}.${string}`;

/** Every route of the plugin. One that is not here fails the test. */
const ROUTES: Record<string, Caller> = {
  'GET /.well-known/jwks.json': 'anyone',
  'POST /v1/login/device': 'anyone',
  'POST /v1/login/token': 'anyone',
  'POST /v1/login/end': 'anyone',

  'POST /v1/ingest/events': 'agent',
  'PUT /v1/ingest/recordings/:id/chunks/:index': 'agent',
  'POST /v1/ingest/recordings/:id/complete': 'agent',
  'GET /v1/agent/bundle': 'agent',
  'POST /v1/agent/heartbeat': 'agent',
  'POST /v1/agent/tunnels/join': 'agent',

  'GET /v1/settings': 'user',
  'GET /v1/events': 'event.read',
  'GET /v1/events/histogram': 'event.read',
  'GET /v1/events/delivery': 'event.read',
  'GET /v1/events/export': 'event.export',
  'POST /v1/events/export': 'event.export',
  'GET /v1/events/:id': 'event.read',
  'GET /v1/dead-letters': 'dead-letter.read',
  'GET /v1/recordings': 'recording.read',
  'GET /v1/recordings/:id': 'recording.play',
  'GET /v1/recordings/:id/opening': 'recording.play',
  'GET /v1/recordings/:id/moment': 'recording.play',
  'GET /v1/recordings/:id/chunks/:index': 'recording.play',
  'GET /v1/recordings/:id/timeline': 'recording.play',
  'GET /v1/recordings/:id/text': 'recording.play',
  'GET /v1/recordings/:id/segments': 'recording.play',
  'GET /v1/recordings/:id/segments/:index': 'recording.play',
  'GET /v1/recordings/:id/download': 'recording.play',
  'POST /v1/recordings/:id/export': 'recording.play',
  'PUT /v1/recordings/:id/legal-hold': 'recording.manage',
  'DELETE /v1/recordings/:id/legal-hold': 'recording.manage',
  'POST /v1/erasures': 'data.erase',
  'GET /v1/access': 'access.use',
  'POST /v1/access/kubeconfig': 'access.use',
  'POST /v1/access/portal-credential': 'plugin',
  'GET /v1/access/credentials': 'access.use',
  'DELETE /v1/access/credentials/:id': 'access.use',
  'POST /v1/access/logins/find': 'access.use',
  'POST /v1/access/logins/approve': 'access.use',
  'POST /v1/access/logins/deny': 'access.use',
  'GET /v1/access/roles': 'access.manage',
  'POST /v1/access/decisions': 'access.manage',
  'GET /v1/access/revocations': 'access.manage',
  'POST /v1/access/revocations': 'access.manage',
  'POST /v1/access/keys/rotate': 'access.manage',
  'GET /v1/agents': 'agent.read',
  'GET /v1/tunnels/tokens': 'agent.manage',
  'POST /v1/tunnels/tokens': 'agent.manage',
  'DELETE /v1/tunnels/tokens/:id': 'agent.manage',
  'DELETE /v1/tunnels/:name': 'agent.manage',
};

/** What everybody may where the host has its permissions switched off. */
const OF_EVERYBODY = ['access.use'];

/** What passes each check of the shape that comes before the permission's. */
const BODIES: Record<string, object> = {
  'POST /v1/events/export': { password: 'mercury-Blotter-91-quay' },
  'POST /v1/recordings/:id/export': { password: 'mercury-Blotter-91-quay' },
  'PUT /v1/recordings/:id/legal-hold': { reason: 'a case' },
  'POST /v1/erasures': {
    person: { userEntityRef: 'user:default/jane' },
    reference: 'a request',
  },
  'POST /v1/access/decisions': {
    userEntityRef: 'user:default/jane',
    cluster: 'far',
    verb: 'get',
    resource: 'pods',
  },
  'POST /v1/access/revocations': { userEntityRef: 'user:default/jane' },
  'POST /v1/tunnels/tokens': {
    name: 'far',
    tags: { env: 'far' },
    clusters: ['far'],
  },
};

type Layer = {
  route?: { path: string; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
};

/** `METHOD /path` of each route below a router. */
function routesOf(layers: Layer[]): string[] {
  return layers.flatMap(({ route, handle }) =>
    route
      ? Object.keys(route.methods).map(
          method => `${method.toUpperCase()} ${route.path}`,
        )
      : routesOf(handle.stack ?? []),
  );
}

describe('the routes', () => {
  const directory = createMockDirectory();
  let plugin: Awaited<ReturnType<typeof startPlugin>>;

  beforeAll(async () => {
    plugin = await startPlugin({ recordings: directory.path });
  });
  afterAll(async () => {
    await plugin.stop();
  });

  async function call(route: string, headers: Record<string, string>) {
    const [method, path] = route.split(' ');
    const filled = path
      .replace(':index', '0')
      .replace(/:\w+/, '019aa000-0000-7000-a000-000000000001');
    const { status } = await plugin.api[
      method.toLowerCase() as 'get' | 'post' | 'put' | 'delete'
    ](`${BASE}${filled}`)
      .query({ t: '0' })
      .set(headers)
      .send(BODIES[route]);
    return status;
  }

  const callersOf = (matches: (caller: Caller) => boolean) =>
    Object.keys(ROUTES).filter(route => matches(ROUTES[route]));

  it('are those of the table', async () => {
    const routers: Router[] = [];
    const httpRouter: HttpRouterService = {
      use: handler => routers.push(handler as Router),
      addAuthPolicy: () => {},
    };
    const other = await startPlugin({
      recordings: directory.path,
      features: [
        createServiceFactory({
          service: coreServices.httpRouter,
          deps: {},
          factory: () => httpRouter,
        }),
      ],
    });
    await other.stop();
    const found = routers
      .flatMap(({ stack }) => routesOf(stack as Layer[]))
      // Of the host's permission framework.
      .filter(route => !route.includes(' /.well-known/backstage/'));
    expect(found.sort()).toEqual(Object.keys(ROUTES).sort());
  });

  it('for users are all in the documentation, and no others', () => {
    const text = readFileSync(
      join(__dirname, '../../../../docs/api.md'),
      'utf8',
    );
    const documented = [...text.matchAll(/^\| `([A-Z]+ \/\S+)`/gm)].map(
      ([, route]) => route,
    );
    expect(documented.sort()).toEqual(
      callersOf(caller => caller !== 'agent' && caller !== 'plugin').sort(),
    );
  });

  it.each(callersOf(caller => caller !== 'anyone'))(
    'turn away who shows no credential: %s',
    async route => {
      const nobody = { authorization: mockCredentials.none.header() };
      expect(await call(route, nobody)).toBe(401);
    },
  );

  it.each(callersOf(caller => caller === 'agent'))(
    'for agents turn users away, whatever they may do: %s',
    async route => {
      const asAgent = { ...agentHeaders(), ...userHeaders() };
      expect(await call(route, asAgent)).toBe(403);
    },
  );

  it.each(callersOf(caller => caller !== 'agent' && caller !== 'anyone'))(
    'for users turn agents away: %s',
    async route => {
      expect(await call(route, agentHeaders())).toBe(403);
    },
  );

  it.each(callersOf(caller => caller === 'plugin'))(
    'for the Kubernetes plugin turn users away, whatever they may do: %s',
    async route => {
      expect(await call(route, userHeaders())).toBe(403);
    },
  );

  it.each(
    callersOf(caller => caller.includes('.') && !OF_EVERYBODY.includes(caller)),
  )('that need a permission turn away who has it not: %s', async route => {
    expect(await call(route, userHeaders('jane'))).toBe(403);
  });
});
