import type { ConnectionOptions } from 'node:tls';
import {
  SpoolRecord,
  spoolRecordSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { RoleInput, TestPortal } from '../TestPortal';
import { TestProxy, until } from '../TestProxy';
import { RawApiServer } from './RawApiServer';
import { RawConnection } from './RawConnection';

// Longer than a test's patience, so that it can say what it waited for.
jest.setTimeout(20_000);

/** May do everything, so that only the wire is in question. */
const ROLE = {
  name: 'everything',
  subjects: ['group:default/team'],
  clusters: ['*'],
  kubernetesGroups: ['developers', 'viewers'],
  impersonation: { users: ['jane'], groups: ['testers', 'writers'] },
  rules: [
    {
      effect: 'allow' as const,
      resources: ['*'],
      nonResourceUrls: ['*'],
      verbs: ['*'],
    },
  ],
};

type ProxyOptions = Parameters<typeof TestProxy.start>[1];

/** A proxy between raw sockets: what is asked of it and what it asks is there byte for byte. */
export class Contract {
  readonly portal: TestPortal;
  readonly proxy: TestProxy;
  /** The upstream of cluster `demo`. */
  readonly api: RawApiServer;
  readonly token: string;
  readonly #clients: RawConnection[] = [];

  static async start(
    options: Partial<ProxyOptions> & {
      api?: RawApiServer;
      /** The role's. */
      session?: RoleInput['session'];
    } = {},
  ): Promise<Contract> {
    const {
      api = await RawApiServer.start(),
      session,
      ...proxyOptions
    } = options;
    const portal = await TestPortal.start([{ ...ROLE, session }]);
    const proxy = await TestProxy.start(portal, {
      clusters: [{ name: 'demo', endpoint: api.url }],
      ...proxyOptions,
    });
    return new Contract(portal, proxy, api, await portal.issue());
  }

  private constructor(
    portal: TestPortal,
    proxy: TestProxy,
    api: RawApiServer,
    token: string,
  ) {
    this.portal = portal;
    this.proxy = proxy;
    this.api = api;
    this.token = token;
  }

  /** A connection of a client to the proxy. */
  async connect(tls?: ConnectionOptions): Promise<RawConnection> {
    const client = await RawConnection.open(this.proxy.port, tls);
    this.#clients.push(client);
    return client;
  }

  /** A connection over which a request was sent. */
  async send(
    method: string,
    path: string,
    headers: string[] = [],
    body = '',
  ): Promise<RawConnection> {
    const client = await this.connect();
    client.write(this.request(method, path, headers, body));
    return client;
  }

  /** A request as it stands on the wire; the body's framing is the caller's to say. */
  request(
    method: string,
    path: string,
    headers: string[] = [],
    body = '',
  ): string {
    return [
      `${method} /clusters/demo${path} HTTP/1.1`,
      'Host: proxy',
      `Authorization: Bearer ${this.token}`,
      ...headers,
      '',
      body,
    ].join('\r\n');
  }

  /** Waits for the row of a request in the portal that is not a mere attempt. */
  async eventOf(path: string): Promise<SpoolRecord> {
    const find = () =>
      this.portal
        .events()
        .find(event => event.requestUri === path && event.phase !== 'attempt');
    await until(() => find() !== undefined, `the event of ${path}`);
    return find() as SpoolRecord;
  }

  /** Ends everything; whatever was asked, each record must be one that the portal takes. */
  async stop(): Promise<void> {
    this.#clients.forEach(client => client.destroy());
    await this.proxy.stop();
    const dead = [...this.portal.records.values()].filter(
      record => !spoolRecordSchema.safeParse(record).success,
    );
    expect(dead).toEqual([]);
    await this.portal.stop();
    await this.api.stop();
  }
}
