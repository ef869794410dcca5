import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import {
  agentHeartbeatSchema,
  TunnelStatus,
} from 'backstage-plugin-kubernetes-audit-common';
import type { tunnelConfigSchema } from '../../src/config';
import { TestApiServer } from '../TestApiServer';
import { TestPortal } from '../TestPortal';
import { TestProxy } from '../TestProxy';
import { TestAgent } from './TestAgent';

type AgentConfig = Partial<z.input<typeof tunnelConfigSchema>>;

const ROLE = {
  name: 'developer',
  subjects: ['group:default/team'],
  clusters: ['*'],
  rules: [{ effect: 'allow' as const, resources: ['*'], verbs: ['*'] }],
};
const tunnel = { tags: { site: 'fra1' } };
const clusters = ['edge', 'later'].map(name => ({ name, tunnel }));

/** What the rig's role allows. */
export const PODS = '/api/v1/namespaces/dev/pods';

/** A portal, a proxy, and an API server that only tunnel agents reach. */
export class TunnelRig {
  readonly portal: TestPortal;
  readonly api: TestApiServer;
  readonly proxy: TestProxy;
  /** For files; it goes with the rig. */
  readonly directory: string;
  readonly token: string;
  readonly #agents: TestAgent[] = [];
  readonly #others: TestProxy[] = [];

  /** @param options.tls - of the API server, plain HTTP without */
  static async start(
    options: {
      tls?: { cert: string; key: string };
      server?: Parameters<typeof TestProxy.start>[1]['server'];
    } = {},
  ): Promise<TunnelRig> {
    const { tls, server } = options;
    const portal = await TestPortal.start([ROLE]);
    const api = await TestApiServer.start(tls);
    const proxy = await TestProxy.start(portal, {
      clusters,
      ...(server && { server }),
    });
    return new TunnelRig({ portal, api, proxy, token: await portal.issue() });
  }

  private constructor(parts: {
    portal: TestPortal;
    api: TestApiServer;
    proxy: TestProxy;
    token: string;
  }) {
    this.portal = parts.portal;
    this.api = parts.api;
    this.proxy = parts.proxy;
    this.token = parts.token;
    this.directory = mkdtempSync(join(tmpdir(), 'tunnel-rig-'));
  }

  /** @param path - behind `/clusters/`; the name of the cluster is its first part */
  async call(path: string, to: TestProxy = this.proxy): Promise<Response> {
    return fetch(`${to.url}/clusters/${path}`, {
      headers: { authorization: `Bearer ${this.token}` },
    });
  }

  async statusOf(path: string, to?: TestProxy): Promise<number> {
    const response = await this.call(path, to);
    await response.arrayBuffer();
    return response.status;
  }

  /** An agent that the proxy selects, unless its configuration says otherwise. */
  async startAgent(
    name: string,
    config: AgentConfig = {},
    options: Parameters<typeof TestAgent.start>[1] = {},
  ): Promise<TestAgent> {
    const agent = await TestAgent.start(
      {
        proxies: [{ url: this.proxy.url }],
        joinToken: this.portal.issueJoinToken(name, tunnel.tags),
        clusters: [{ name: 'edge', endpoint: this.api.url }],
        drainTimeout: '2s',
        ...config,
      },
      options,
    );
    this.#agents.push(agent);
    return agent;
  }

  /** Another proxy of the same portal, for the same clusters. */
  async startProxy(): Promise<TestProxy> {
    const proxy = await TestProxy.start(this.portal, { clusters });
    this.#others.push(proxy);
    return proxy;
  }

  /** What the proxy has told the portal of its tunnels last; it tells anew when one comes or goes. */
  get told(): TunnelStatus[] {
    const latest = this.portal.heartbeats.at(-1);
    return (latest && agentHeartbeatSchema.parse(latest).tunnels) ?? [];
  }

  async stop(): Promise<void> {
    await Promise.all(this.#agents.map(agent => agent.stop()));
    await Promise.all([this.proxy, ...this.#others].map(p => p.stop()));
    await this.portal.stop();
    await this.api.stop();
    rmSync(this.directory, { recursive: true });
  }
}
