import type { AgentList } from 'backstage-plugin-kubernetes-audit-common';

/** A proxy, and tunnel agents: one that is connected, one that is away, and one that drains. */
export const AGENTS: AgentList = {
  items: [
    {
      id: 'demo-proxy',
      kind: 'proxy',
      version: '1.2.0',
      hostName: 'proxy-0',
      publicUrl: 'https://proxy.example.com:6443',
      clusters: [{ name: 'prod', tags: {} }],
      lastSeenAt: '2026-11-22T02:00:00.000Z',
      workers: 2,
      spool: { depth: 7, bytes: 4096 },
      tunnels: [],
    },
  ],
  tunnels: [
    {
      name: 'edge-1',
      tags: { site: 'fra1', env: 'prod' },
      clusters: ['edge-*'],
      joinedAt: '2026-11-22T01:00:00.000Z',
      connections: [
        {
          name: 'edge-1',
          proxy: 'demo-proxy',
          version: '1.1.0',
          hostName: 'bastion',
          remoteAddress: '192.0.2.9',
          connectedAt: '2026-11-22T01:00:00.000Z',
          clusters: [{ name: 'edge-fra', tags: {} }],
          roundTripMs: 12.34,
          streams: 3,
          receivedBytes: 2048,
          sentBytes: 1024,
          reconnects: 4,
          draining: false,
        },
      ],
    },
    {
      name: 'edge-2',
      tags: { site: 'fra2' },
      clusters: ['*'],
      joinedAt: '2026-11-22T01:00:00.000Z',
      connections: [],
    },
    {
      name: 'edge-4',
      tags: { site: 'fra4' },
      clusters: ['*'],
      joinedAt: '2026-11-22T01:00:00.000Z',
      connections: [
        {
          name: 'edge-4',
          proxy: 'demo-proxy',
          version: '1.1.0',
          connectedAt: '2026-11-22T01:00:00.000Z',
          clusters: [],
          streams: 1,
          receivedBytes: 1,
          sentBytes: 1,
          reconnects: 0,
          draining: true,
        },
      ],
    },
  ],
  mayManage: true,
};
